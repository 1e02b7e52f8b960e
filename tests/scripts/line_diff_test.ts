import assert from "node:assert/strict";
import { lineDiff } from "../../scripts/line_diff.ts";

const diff = (expected: string, actual: string) =>
  lineDiff([...expected], [...actual], Object.is).join(",");

Deno.test("lineDiff() marks what is missing and what is extra", () => {
  assert.equal(diff("abc", "abc"), "  a,  b,  c");
  assert.equal(diff("abc", "ac"), "  a,- b,  c");
  assert.equal(diff("ac", "abc"), "  a,+ b,  c");
  assert.equal(diff("abc", "axc"), "  a,- b,+ x,  c");
  assert.equal(diff("", "a"), "+ a");
  assert.equal(diff("a", ""), "- a");
});

Deno.test("lineDiff() keeps as many common lines as there can be", () => {
  const common = diff("abcbdab", "bdcaba").split(",")
    .filter((line) => line.startsWith(" "));

  assert.equal(common.length, 4);
});

Deno.test("lineDiff() asks the caller which lines are the same", () => {
  assert.deepEqual(
    lineDiff(["A"], ["a"], (left, right) => left.toLowerCase() === right),
    ["  a"],
  );
});
