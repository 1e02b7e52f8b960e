import assert from "node:assert/strict";
import { shrink } from "../../src/testing/_shrink.ts";

Deno.test("shrink() leaves out what the failure does not need, and lowers the rest", async () => {
  const needs = (answers: readonly number[]) =>
    answers[3]! >= 2 && (answers[8] ?? 0) >= 1;

  const shrunk = await shrink(
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3],
    (answers) => Promise.resolve(needs(answers) ? answers : undefined),
    Infinity,
  );

  assert.deepEqual(shrunk, [0, 0, 0, 2, 0, 0, 0, 0, 1]);
});

Deno.test("shrink() goes on from what was run, not from what was asked for", async () => {
  const shrunk = await shrink(
    [1, 1, 1],
    (answers) => Promise.resolve(answers[0] === 1 ? [1, 0, 0] : undefined),
    Infinity,
  );

  assert.deepEqual(shrunk, [1]);
});

Deno.test("shrink() runs so many interleavings and no more, however long they are", async () => {
  let runs = 0;
  const long = Array.from({ length: 100_000 }, () => 1);

  const shrunk = await shrink(long, () => {
    runs++;
    return Promise.resolve(undefined);
  }, Infinity);

  assert.equal(runs, 500);
  assert.deepEqual(shrunk, long);
});

Deno.test("shrink() leaves it at what it has when its time is over", async () => {
  const never = () => assert.fail("it was run");

  assert.deepEqual(await shrink([0, 1, 0], never, -Infinity), [0, 1]);
});
