// Squares five numbers on three workers and keeps their order.
//
// The scope is the pool. Watch that the results have the order of the numbers,
// whichever worker was faster, and that nothing is closed or joined: leaving the
// block ends the workers.
//
//     deno run examples/13_process_pool_map.ts

import { main } from "espalier";
import { cpuScope, inline } from "espalier/cpu";

const square = inline((n: number) => n * n);

await main(cpuScope(function* (cpu) {
  console.log(yield* cpu.map(square, [1, 2, 3, 4, 5]));
}, { workers: 3 }));

// Output:
// [ 1, 4, 9, 16, 25 ]
