// Starts work on another thread and waits for it: no import guard, no join.
//
// Watch that the scope ends by itself when the work is done, and its thread with
// it.
//
//     deno run examples/04_process_create.ts

import { main } from "espalier";
import { cpuScope, inline } from "espalier/cpu";

const printNumbers = inline(() => {
  for (let n = 1; n <= 4; n++) console.log(n);
});

await main(cpuScope((cpu) => cpu.run(printNumbers)));
console.log("the thread is gone");

// Output:
// 1
// 2
// 3
// 4
// the thread is gone
