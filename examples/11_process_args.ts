// Squares a number on another thread: the argument crosses, the result comes back.
//
// The thread shares nothing with this one, as a process would. Watch that the
// result is a value here, not something printed there.
//
//     deno run examples/11_process_args.ts

import { main } from "espalier";
import { cpuScope, inline } from "espalier/cpu";

const square = inline((n: number) => n * n);

await main(cpuScope(function* (cpu) {
  console.log("The square is", yield* cpu.run(square, 3));
}));

// Output:
// The square is 9
