// Measures a function, and advises where to run it: on the loop or on a worker.
//
// A worker is worth it where the function takes longer than the way there and back,
// and would hold up the loop. Watch that the advice follows from two numbers, and
// not from a belief about the function.
//
//     deno run examples/46_choose_model.ts

import { main, now } from "espalier";
import { type CpuScope, cpuScope, inline } from "espalier/cpu";

/** Stands on its own, so that it can go to a worker. */
function addOne(n: number) {
  return n + 1;
}

function countPrimes(to: number) {
  let count = 0;
  for (let n = 2; n < to; n++) {
    let divisor = 2;
    while (divisor * divisor <= n && n % divisor !== 0) divisor++;
    if (divisor * divisor > n) count++;
  }
  return count;
}

await main(cpuScope(function* (cpu) {
  for (const [fn, sample] of [[addOne, 1], [countPrimes, 300_000]] as const) {
    console.log(`${fn.name}: ${yield* advise(cpu, fn, sample)}`);
  }
}, { workers: 1 }));

/** Runs `fn` on the loop, and then a task that does nothing on a worker. */
function* advise(
  cpu: CpuScope,
  fn: (n: number) => number,
  sample: number,
) {
  let start = performance.now();
  fn(sample);
  const here = performance.now() - start;

  const nothing = inline((n: number) => n);
  yield* cpu.run(nothing, sample); // the first one starts the worker
  start = now();
  for (let i = 0; i < 20; i++) yield* cpu.run(nothing, sample);
  const trip = (now() - start) / 20;

  if (here < trip) {
    return "loop: it is done sooner than a worker has heard of it";
  }
  if (here < 4) return "loop: too short to be noticed";
  return "worker: it would hold up the loop";
}

// Output:
// addOne: loop: it is done sooner than a worker has heard of it
// countPrimes: worker: it would hold up the loop
