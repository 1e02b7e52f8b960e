// Estimates pi by throwing darts on every core, until the estimate is good enough.
//
// Each batch has its own seed and runs on a worker. Watch that batches report how
// far they have come, and that those after the last one that was needed, under way
// or waiting, are cancelled as soon as the answer is there.
//
//     deno run examples/41_simulation.ts

import * as Effect from "effect/Effect";
import { main } from "espalier";
import { cpuScope, inline } from "espalier/cpu";

/** Throws darts, and says how far it has come; answers how many hit. */
const throwDarts = inline(function (seed: number, darts: number) {
  let state = seed;
  const random = () => {
    state = (state + 0x9e3779b9) | 0;
    let bits = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97);
    return ((bits ^ (bits >>> 15)) >>> 0) / 2 ** 32;
  };
  let hits = 0;
  for (let i = 0; i < darts; i++) {
    if (random() ** 2 + random() ** 2 < 1) hits++;
    if (i % 100_000 === 0) this.reportProgress(i / darts);
  }
  return hits;
});

const darts = 2_000_000;

await main(cpuScope(function* (cpu) {
  let reports = 0;
  const task = throwDarts.with({ onProgress: () => reports++ });
  const batches = Array.from(
    { length: 100 },
    (_, seed) => cpu.submit(task, seed * 104_729, darts),
  );
  let [hits, thrown] = [0, 0];
  for (const batch of batches) {
    hits += yield* batch;
    thrown += darts;
    // The usual error of so many throws.
    if (Math.sqrt(1 / thrown) < 0.0004) break;
  }
  for (const batch of batches) batch.cancel("good enough");
  yield* Effect.void;
  console.log(`pi is about ${(4 * hits / thrown).toFixed(2)}`);
  console.log(`${thrown / darts} batches were needed`);
  console.log(`progress was reported: ${reports > 0}`);
}, { grace: "50 millis" }));

// Output:
// pi is about 3.14
// 4 batches were needed
// progress was reported: true
