// Gives each worker a task in turn.
//
// Watch that nine tasks on three workers make three for each, however long each
// of them takes. A strategy is a value; `leastLoaded` is the default.
//
//     deno run examples/47_round_robin.ts

import { main } from "espalier";
import { cpuScope, inline, roundRobin } from "espalier/cpu";

const nap = inline((ms: number) => {
  for (const end = Date.now() + ms; Date.now() < end;);
});

await main(cpuScope(function* (cpu) {
  const first = [1, 2, 3].map(() => cpu.submit(nap, 1));
  for (const future of first) yield* future;
  const rest = [20, 1, 1, 20, 1, 1].map((ms) => cpu.submit(nap, ms));
  for (const future of rest) yield* future;
  for (const { id, completed } of cpu.statistics().workers) {
    console.log(`worker ${id}: ${completed} tasks`);
  }
}, { workers: 3, min: 3, strategy: roundRobin }));

// Output:
// worker 0: 3 tasks
// worker 1: 3 tasks
// worker 2: 3 tasks
