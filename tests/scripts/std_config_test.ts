import assert from "node:assert/strict";
import { stdConfig } from "../../scripts/std_config.ts";

const ROOT = new URL("../../", import.meta.url);

Deno.test("stdConfig() can lie anywhere: it names files by URL and excludes nothing", () => {
  const config = stdConfig(ROOT);
  const imports = config.imports as Record<string, string>;

  assert.equal(imports["espalier"], new URL("mod.ts", ROOT).href);
  assert.equal(imports["@std/async"], "jsr:@std/async@^1");
  assert.equal(config.test, undefined);
  assert.equal(config.links, undefined);
});

Deno.test("stdConfig() links the packages of a checkout", () => {
  const folder = Deno.makeTempDirSync();
  Deno.mkdirSync(`${folder}/async`);
  Deno.writeTextFileSync(`${folder}/async/deno.json`, "{}");
  Deno.mkdirSync(`${folder}/scripts`);
  const checkout = new URL(`file://${folder}/`);

  const { links } = stdConfig(ROOT, checkout);

  assert.deepEqual(links, [new URL("async/", checkout).href]);
  Deno.removeSync(folder, { recursive: true });
});
