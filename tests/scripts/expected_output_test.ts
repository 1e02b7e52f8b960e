import assert from "node:assert/strict";
import {
  expectedLines,
  expectedOutput,
  matches,
} from "../../scripts/expected_output.ts";

const program = (...lines: string[]) =>
  `f();\n\n// Output:\n${lines.map((line) => `// ${line}`).join("\n")}\n`;

/** Whether a program that says it prints `expected` may print `actual`. */
const fits = (expected: string[], actual: string[]) =>
  matches(expectedOutput(program(...expected))!, actual);

Deno.test("expectedOutput() is undefined for a program that does not say", () => {
  assert.equal(expectedOutput("f();\n"), undefined);
  assert.equal(expectedOutput("// Output:\n// a\nf();\n"), undefined);
});

Deno.test("expectedOutput() of an empty block is no output at all", () => {
  assert.deepEqual(expectedOutput("f();\n\n// Output:\n"), []);
  assert.ok(matches([], []));
  assert.ok(!matches([], ["a"]));
});

Deno.test("matches() wants every line, in order", () => {
  assert.ok(fits(["a", "", "  b"], ["a", "", "  b"]));
  assert.ok(!fits(["a", "b"], ["b", "a"]));
  assert.ok(!fits(["a", "b"], ["a"]));
  assert.ok(!fits(["a"], ["a", "b"]));
});

Deno.test("matches() takes a character of a line for itself", () => {
  assert.ok(!fits(["a.c"], ["abc"]));
  assert.ok(fits(["f(x) [1]*"], ["f(x) [1]*"]));
});

Deno.test("matches() lets … stand for any text within a line", () => {
  assert.ok(fits(["took … ms, … left"], ["took 12.5 ms, 3 left"]));
  assert.ok(fits(["took …"], ["took "]));
  assert.ok(!fits(["took … ms"], ["took 12 s"]));
});

Deno.test("matches() lets a line of … stand for any lines", () => {
  assert.ok(fits(["a", "…", "d"], ["a", "b", "c", "d"]));
  assert.ok(fits(["a", "…", "d"], ["a", "d"]));
  assert.ok(fits(["a", "…"], ["a"]));
  assert.ok(!fits(["a", "…", "d"], ["a", "b"]));
});

Deno.test("matches() takes neighbouring ~ lines in any order, and nothing past them", () => {
  const expected = ["begin", "~ a", "~ b", "~ b", "end"];

  assert.ok(fits(expected, ["begin", "b", "a", "b", "end"]));
  assert.ok(!fits(expected, ["begin", "a", "a", "b", "end"]));
  assert.ok(!fits(expected, ["begin", "a", "b", "end", "b"]));
});

Deno.test("matches() finds a line for each ~ line, the general ones too", () => {
  assert.ok(fits(["~ a …", "~ a 1"], ["a 1", "a 2"]));
  assert.ok(fits(["~ a …", "~ a 1"], ["a 2", "a 1"]));
  assert.ok(!fits(["~ a …", "~ a 1"], ["a 2", "a 3"]));
});

Deno.test("expectedLines() writes one line for each expected", () => {
  const expected = expectedOutput(program("a", "~ b", "~ c", "…"))!;

  assert.deepEqual(expectedLines(expected), ["a", "b", "c", "…"]);
});
