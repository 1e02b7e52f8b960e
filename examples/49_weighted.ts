// Gives a worker three tasks for each one of the other.
//
// Watch that the turns are spread, and that a strategy is a value: another one is
// an import away, as the one that gives a key to the same worker each time, or a
// few lines of your own.
//
//     deno run examples/49_weighted.ts

import { main } from "espalier";
import {
  affinity,
  cpuScope,
  inline,
  type Strategy,
  weightedRoundRobin,
} from "espalier/cpu";

const nothing = inline((_: number) => {});
const alwaysTheFirst: Strategy = {
  name: "alwaysTheFirst",
  start: () => () => 0,
};

const job = { task: "nothing", key: "anna", priority: 0 };
const workers = [0, 1].map((id) => ({ id, inFlight: 0, completed: 0 }));
for (
  const strategy of [
    weightedRoundRobin([3, 1]),
    affinity,
    alwaysTheFirst,
  ]
) {
  const choose = strategy.start();
  const turns = Array.from({ length: 8 }, () => {
    return workers[choose(workers, job)]!.id;
  });
  console.log(`${strategy.name}: ${turns.join(" ")}`);
}

await main(cpuScope(function* (cpu) {
  for (let i = 0; i < 8; i++) yield* cpu.run(nothing, i);
  const counts = cpu.statistics().workers.map(({ completed }) => completed);
  console.log(`on workers: ${counts.join(" and ")}`);
}, { workers: 2, min: 2, strategy: weightedRoundRobin([3, 1]) }));

// Output:
// weightedRoundRobin: 0 0 1 0 0 0 1 0
// affinity: 0 0 0 0 0 0 0 0
// alwaysTheFirst: 0 0 0 0 0 0 0 0
// on workers: 6 and 2
