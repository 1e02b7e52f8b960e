import assert from "node:assert/strict";
import { measureRows } from "../../bench/_sampling.ts";

const briefly = { budget: 1, rounds: 3, limit: 1000 };

Deno.test("measureRows() answers the median of what a row measures, per operation", async () => {
  // Any three that follow each other: on a busy machine the warm-up is longer.
  const amounts = [10, 30, 20];
  let calls = 0;

  const [row] = await measureRows(
    [{ name: "a", measure: () => amounts[calls++ % 3]!, ops: 10 }],
    { ...briefly, budget: 0 },
  );

  assert.equal(row!.median, 2);
  assert.equal(row!.samples, 3);
});

Deno.test("measureRows() compares every row with the first", async () => {
  const rows = await measureRows([
    { name: "base", measure: () => 8 },
    { name: "half", measure: () => 4 },
    { name: "double", measure: () => 16 },
  ], briefly);

  assert.deepEqual(rows.map(({ ratio }) => ratio), [1, 0.5, 2]);
});

Deno.test("measureRows() lets the rows take turns, another one first each round", async () => {
  const trail: string[] = [];
  const row = (name: string) => ({ name, measure: () => trail.push(name) });

  await measureRows([row("a"), row("b")], { ...briefly, budget: 0 });

  assert.equal(trail.slice(2).join(""), "abbaab");
});

Deno.test("measureRows() waits for a promise before the next call", async () => {
  let inFlight = 0;
  let most = 0;
  const run = async () => {
    most = Math.max(most, ++inFlight);
    await Promise.resolve();
    inFlight--;
  };

  await measureRows([{ name: "waits", run }], briefly);

  assert.equal(most, 1);
  assert.equal(inFlight, 0);
});

Deno.test("measureRows() shows what a row threw and goes on with the others", async () => {
  const rows = await measureRows([
    { name: "good", measure: () => 1 },
    { name: "bad", run: () => Promise.reject(new Error("out of luck")) },
  ], briefly);

  assert.deepEqual(rows.map(({ failure }) => failure), [
    undefined,
    "out of luck",
  ]);
  assert.equal(rows[1]!.samples, 0);
});

Deno.test("measureRows() gives up a row that does not answer", async () => {
  const rows = await measureRows(
    [{ name: "hangs", run: () => new Promise(() => {}) }],
    { ...briefly, limit: 10 },
  );

  assert.equal(rows[0]!.failure, "no answer within 0.01 s");
});
