// Runs one uneven load by each of the five strategies.
//
// Every fourth task takes much longer. Watch that strategies that do not look at
// what a worker is doing make short tasks wait behind long ones.
//
//     deno run examples/five_strategies.ts

import { main, now } from "espalier";
import {
  affinity,
  cpuScope,
  inline,
  leastLoaded,
  powerOfTwo,
  roundRobin,
  weightedRoundRobin,
} from "espalier/cpu";

// Waiting stands for computing, so that it looks alike on any number of cores.
const work = inline((ms: number) => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
});
const load = Array.from({ length: 24 }, (_, n) => n % 4 === 0 ? 40 : 5);

const strategies = [
  leastLoaded,
  powerOfTwo,
  roundRobin,
  weightedRoundRobin([2, 1, 1, 1]),
  affinity,
];

await main(function* () {
  for (const strategy of strategies) {
    yield* cpuScope(function* (cpu) {
      const warm = Array.from({ length: 4 }, () => cpu.submit(work, 1));
      for (const future of warm) yield* future;
      const start = now();
      const futures = load.map((ms, n) =>
        cpu.submit(work.with({ key: `tenant ${n % 6}` }), ms)
      );
      for (const future of futures) yield* future;
      const took = Math.round(now() - start);
      const done = cpu.statistics().workers.map((worker) => worker.completed);
      console.log(`${strategy.name}: ${took} ms, tasks ${done.join(" ")}`);
    }, { workers: 4, min: 4, strategy });
  }
});

// Output:
// leastLoaded: … ms, tasks …
// powerOfTwo: … ms, tasks …
// roundRobin: … ms, tasks …
// weightedRoundRobin: … ms, tasks …
// affinity: … ms, tasks …
