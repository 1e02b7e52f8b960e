import assert from "node:assert/strict";
import { examplePaths, readExample } from "../scripts/example.ts";
import { type ExampleResult, runExample } from "../scripts/run_example.ts";

const ROOT = new URL("../", import.meta.url);
const FIXTURES = "tests/fixtures/examples";

Deno.test("examplePaths() lists the files, and the folders with a main.ts", () => {
  assert.deepEqual(
    examplePaths(ROOT, FIXTURES).map((path) => path.replace(FIXTURES, "")),
    [
      "/asks.ts",
      "/differs.ts",
      "/exits.ts",
      "/folder/main.ts",
      "/hangs.ts",
      "/oversleeps.ts",
      "/passes.ts",
      "/sleeps.ts",
    ],
  );
});

Deno.test("runExample() passes a program that prints what it says", async () => {
  assert.deepEqual((await ran("passes.ts")).problems, []);
  assert.deepEqual((await ran("folder/main.ts")).problems, []);
});

Deno.test("runExample() shows the difference, and what went to stderr", async () => {
  assert.deepEqual((await ran("differs.ts")).problems, [
    "  one",
    "- two",
    "  three",
    "a hint",
  ]);
});

Deno.test("runExample() kills a program that does not end within its limit", async () => {
  assert.deepEqual((await ran("hangs.ts")).problems, [
    "did not end within 0.3 s",
    "waiting",
  ]);
});

Deno.test("runExample() holds a program to its exit code", async () => {
  assert.deepEqual((await ran("exits.ts")).problems, []);
  assert.deepEqual(
    (await ran("exits.ts", (source) => source.replace("// Exit: 3\n", "")))
      .problems,
    ["exit code 3, not 0"],
  );
});

Deno.test("runExample() gives no permission but those of the head comment", async () => {
  const { problems } = await ran("asks.ts");

  assert.ok(problems.includes("- read"));
  assert.match(problems.join("\n"), /Requires read access to "deno\.json"/);
});

Deno.test("runExample() runs a program on the virtual clock and holds it to its duration", async () => {
  const sleeps = await ran("sleeps.ts");
  const oversleeps = await ran("oversleeps.ts");

  assert.deepEqual(sleeps.problems, []);
  assert.equal(sleeps.virtualMs, 5000);
  assert.ok(sleeps.tookMs < 5000, `it took ${sleeps.tookMs} ms`);
  assert.deepEqual(oversleeps.problems, ["virtual time 6000 ms, not 5000 ms"]);
});

Deno.test("readExample() refuses a program that does not say what it must", () => {
  const path = "examples/a.ts";
  const whole = `// Shows a.\n//\n//     deno run ${path}\n//\n` +
    `// Virtual: 5s\n\nf();\n\n// Output:\n// a\n`;

  assert.equal(readExample(path, whole).virtualMs, 5000);
  for (
    const [from, to, state] of [
      ["// Shows a.\n//\n", "", "its head comment does not say what it shows"],
      ["examples/a.ts", "examples/b.ts", 'no line "deno run … examples/a.ts"'],
      ["Virtual: 5s", "Virtual: soon", '"soon" is no duration'],
      ["// Output:", "// Prints:", 'does not end with a "// Output:" block'],
      ["// a\n", "// a\ng();\n", 'does not end with a "// Output:" block'],
      ["// Virtual: 5s", "// Exit: bad", "its exit code is no number"],
    ] as const
  ) {
    assert.throws(
      () => readExample(path, whole.replace(from, to)),
      (error: Error) =>
        error instanceof TypeError && error.message.includes(state),
      state,
    );
  }
});

/** Runs a fixture, changed or as it is. */
async function ran(
  name: string,
  change: (source: string) => string = (source) => source,
): Promise<ExampleResult> {
  const path = `${FIXTURES}/${name}`;
  const source = Deno.readTextFileSync(new URL(path, ROOT));
  return await runExample(readExample(path, change(source)), ROOT);
}
