// Runs three jobs on three workers and collects their results.
//
// Watch that the jobs print in any order, and that the results keep theirs.
//
//     deno run examples/16_pool_results.ts

import { main } from "espalier";
import { cpuScope, inline } from "espalier/cpu";

const work = inline(async (n: number) => {
  console.log(`worker ${n} starts`);
  await new Promise((done) => setTimeout(done, 50));
  return n * 2;
});

await main(cpuScope(function* (cpu) {
  const results = yield* cpu.map(work, [0, 1, 2]);
  console.log("Results:", results);
}, { workers: 3, min: 3 }));

// Output:
// ~ worker 0 starts
// ~ worker 1 starts
// ~ worker 2 starts
// Results: [ 0, 2, 4 ]
