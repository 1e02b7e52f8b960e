// Computes the mean of a random array of 10,000 by 10,000 that never exists.
//
// It would take 800 MB. Each of its hundred chunks is made and summed on a worker,
// and no more of it is kept than a row. Watch that the mean is that of the whole,
// and that the same seeds give the same number, whichever worker was faster.
//
//     deno run examples/07_array_mean.ts

import { gather, main } from "espalier";
import { cpuScope, inline } from "espalier/cpu";

const SIDE = 10_000;
const CHUNK = 1_000;

/** Makes one chunk from its seed, row by row, and answers its sum. */
const sumOfChunk = inline((seed: number, side: number) => {
  const row = new Float64Array(side);
  let state = seed;
  let sum = 0;
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      state = (state + 0x9e3779b9) | 0;
      let bits = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
      bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97);
      row[x] = ((bits ^ (bits >>> 15)) >>> 0) / 2 ** 32;
    }
    for (let x = 0; x < side; x++) sum += row[x]!;
  }
  return sum;
});

await main(cpuScope(function* (cpu) {
  const seeds = Array.from({ length: (SIDE / CHUNK) ** 2 }, (_, i) => i * 7919);
  console.log(`${seeds.length} chunks`);

  const means: number[] = [];
  for (let round = 0; round < 2; round++) {
    // In the order of the chunks, so that rounding is the same each time.
    const sums = yield* gather(
      seeds.map((seed) => cpu.run(sumOfChunk, seed, CHUNK)),
    );
    means.push(sums.reduce((all, sum) => all + sum, 0) / SIDE ** 2);
  }
  const [first = 0, second] = means;
  console.log(`mean: ${first.toFixed(3)}`);
  console.log(`the same seed, the same number: ${first === second}`);
  const rss = Deno.memoryUsage().rss / 2 ** 20;
  console.log(`memory: ${rss < 400 ? "less" : "more"} than 400 MB`);
}));

// Output:
// 100 chunks
// mean: 0.500
// the same seed, the same number: true
// memory: less than 400 MB
