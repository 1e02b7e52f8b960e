import assert from "node:assert/strict";
import { readTree, ROOT } from "../architecture/_tree.ts";

const readme = readTree(".md", "README.md").get("README.md")!;

Deno.test("the README's program prints what its comment says, with no permission", async () => {
  const [, program = ""] = readme.match(/```ts\n([\s\S]*?)```/) ?? [];
  const [, said] = program.match(/; \/\/ (.+)$/m) ?? [];

  const { stdout, stderr } = await runProgram(program);

  assert.equal(stderr, "");
  assert.equal(stdout.trim(), said);
});

Deno.test("the README opens with five lines, a program of ten, and the two commands", () => {
  const [opening = "", program = "", , commands = ""] = readme
    .split(/^```\w*\n/m);
  const linesOf = (text: string) =>
    text.split("\n").filter((line) => line.trim() && !line.startsWith("#"));

  assert.ok(linesOf(opening).length <= 5, opening);
  assert.ok(linesOf(program).length <= 10, program);
  assert.deepEqual(linesOf(commands).map((line) => line.split(/ +#/)[0]), [
    "npx -y deno@2.9.6 task examples",
    "npx -y deno@2.9.6 task test",
  ]);
});

Deno.test("the README lists the entries that deno.json exports", () => {
  const { exports } = JSON.parse(
    Deno.readTextFileSync(new URL("deno.json", ROOT)),
  );
  const listed = [...readme.matchAll(/^\| `(espalier[\w/]*)`/gm)]
    .map(([, name]) => name!);

  assert.deepEqual(
    listed.toSorted(),
    Object.keys(exports).map((key) => key.replace(".", "espalier")).toSorted(),
  );
});

Deno.test("the Deno that the README names is the one that CI installs", () => {
  const ci = Deno.readTextFileSync(new URL(".ci/run", ROOT));
  const [, installed] = ci.match(/^deno=(.+)$/m) ?? [];
  const named = [...readme.matchAll(/deno@([\d.]+)/g)].map(([, it]) => it);

  assert.deepEqual([...new Set(named)], [installed]);
});

/** Runs a program as if it lay in the repository, where the import map is. */
async function runProgram(
  program: string,
): Promise<{ stdout: string; stderr: string }> {
  const folder = Deno.makeTempDirSync();
  Deno.writeTextFileSync(`${folder}/program.ts`, program);
  const output = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      "--no-lock",
      `--config=${new URL("deno.json", ROOT).pathname}`,
      `${folder}/program.ts`,
    ],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  Deno.removeSync(folder, { recursive: true });
  const decoder = new TextDecoder();
  return {
    stdout: decoder.decode(output.stdout),
    stderr: decoder.decode(output.stderr),
  };
}
