// Gives a task to the worker that has the fewest under way.
//
// Watch that the worker with the one long task is left alone, while the other one
// does all the short ones. It is the default, and need not be named.
//
//     deno run examples/48_least_connection.ts

import { main } from "espalier";
import { cpuScope, inline, leastLoaded } from "espalier/cpu";

const nap = inline((ms: number) => {
  for (const end = Date.now() + ms; Date.now() < end;);
});

await main(cpuScope(function* (cpu) {
  const counts = () => cpu.statistics().workers.map((it) => it.completed);
  for (const first of [cpu.submit(nap, 20), cpu.submit(nap, 20)]) yield* first;
  const before = counts();
  const long = cpu.submit(nap, 500);
  for (let i = 0; i < 6; i++) yield* cpu.run(nap, 1);
  console.log(`while one worker was busy: ${long.status}`);
  yield* long;
  const done = counts().map((count, at) => count - before[at]!);
  console.log(`tasks of each: ${done.sort((a, b) => a - b).join(" and ")}`);
}, { workers: 2, min: 2, strategy: leastLoaded }));

// Output:
// while one worker was busy: running
// tasks of each: 1 and 6
