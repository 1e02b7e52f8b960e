// Squares five numbers on three workers and keeps their order.
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
