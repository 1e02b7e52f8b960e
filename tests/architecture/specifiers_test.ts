import assert from "node:assert/strict";
import { importsOf } from "./_imports.ts";
import { readSources, readTree, roomOf, type Tree } from "./_tree.ts";

/** What `deno.lock` may hold: the one runtime dependency, and what tests use. */
const LOCKED = new Set(["npm:effect", "npm:acorn", "npm:fast-check"]);

const sources = readSources();

Deno.test("what ships imports relative files of its own, node: and effect by subpath, of one version", () => {
  assert.deepEqual(strangers(sources), []);
  assert.deepEqual(
    strangers(planted({
      "mod.ts": `export { a } from "./src/core/mod.ts";\nimport "espalier";`,
      "src/core/a.ts": [
        `import * as Effect from "npm:effect@^4.1.0/Effect";`,
        `import { Effect as Barrel } from "npm:effect@^4.1.0";`,
        `import * as Exit from "npm:effect@4.1.0/Exit";`,
        `import type { A } from "effect/Fiber";`,
        `import { delay } from "jsr:@std/async";`,
        `import { Worker } from "node:worker_threads";`,
        `import data from "./data.json" with { type: "json" };`,
        `import { tally } from "../../scripts/tally.ts";`,
        `const c = await import("https://a.example/c.ts");`,
        ` * import { run } from "espalier";`,
      ].join("\n"),
    })),
    [
      "mod.ts imports espalier",
      "src/core/a.ts imports npm:effect@^4.1.0",
      "src/core/a.ts imports npm:effect@4.1.0/Exit",
      "src/core/a.ts imports effect/Fiber",
      "src/core/a.ts imports jsr:@std/async",
      "src/core/a.ts imports ./data.json",
      "src/core/a.ts imports ../../scripts/tally.ts",
      "src/core/a.ts imports https://a.example/c.ts",
    ],
  );
});

Deno.test("every file of a room with an entry is reached from one, from a script, or by URL", () => {
  assert.deepEqual(unreached(sources, readTree(".ts", "scripts")), []);
  assert.deepEqual(
    unreached(
      planted({
        "src/core/mod.ts": `export { a } from "./a.ts";`,
        "src/core/a.ts": `const entry = new URL("./b.ts", import.meta.url);`,
        "src/core/b.ts": "",
        "src/core/built.ts": "",
        "src/core/forgotten.ts": "",
        "src/attic/box.ts": "",
      }),
      planted({ "scripts/build.ts": `import "../src/core/built.ts";` }),
    ),
    ["src/core/forgotten.ts"],
  );
});

Deno.test("deno.lock holds neither JSR nor a peer of a bench", () => {
  const lock = readTree(".lock", "deno.lock").get("deno.lock")!;

  assert.deepEqual(unasked(lock), []);
  assert.deepEqual(
    unasked(
      `{"specifiers":{"npm:effect@^4.1.0":"4.1.0","npm:piscina@5":"5.0.0","jsr:@std/async@1":"1.5.0"}}`,
    ),
    ["npm:piscina", "jsr:@std/async"],
  );
});

function planted(files: Record<string, string>): Tree {
  return new Map(Object.entries(files));
}

/** Lists the imports that only work with a configuration, or not at all. */
function strangers(tree: Tree): string[] {
  const ours = /^(mod|src\/.+)\.ts$/;
  const others = /^(node:\w+|npm:effect@\^4\.1\.0\/\w+)(\/\w+)*$/;
  return importsOf(tree)
    .filter(({ specifier, to }) =>
      to === undefined ? !others.test(specifier) : !ours.test(to)
    )
    .map(({ from, specifier }) => `${from} imports ${specifier}`);
}

/** Lists the files that no import and no `new URL(…)` leads to. */
function unreached(tree: Tree, scripts: Tree): string[] {
  const targets = new Set(
    importsOf(new Map([...tree, ...scripts])).map(({ to }) => to),
  );
  const text = [...tree.values()].join("\n");
  // A script that builds from a file names it by its path from the root.
  const built = [...scripts.values()].join("\n");
  return [...tree.keys()].filter((path) =>
    tree.has(`src/${roomOf(path)}/mod.ts`) && !path.endsWith("/mod.ts") &&
    !targets.has(path) && !built.includes(`"${path}"`) &&
    !text.includes(`${path.split("/").at(-1)}", import.meta.url`)
  );
}

/** Lists the packages that a lock file holds and ours may not. */
function unasked(lock: string): string[] {
  const { specifiers = {} } = JSON.parse(lock);
  return Object.keys(specifiers)
    .map((name) => name.replace(/@[^@/]*$/, ""))
    .filter((name) => !LOCKED.has(name));
}
