// Draws how much faster a computation gets with more workers.
//
// Every worker is a thread with a heap of its own, and no lock makes them take
// turns. Watch that the bar grows with the workers until there are as many as
// cores, and not beyond.
//
//     deno run examples/34_no_gil_scaling.ts

import { main, now } from "espalier";
import { cpuScope, inline } from "espalier/cpu";

const countPrimes = inline((from: number) => {
  let count = 0;
  for (let n = from; n < from + 50_000; n++) {
    let divisor = 2;
    while (divisor * divisor <= n && n % divisor !== 0) divisor++;
    if (n > 1 && divisor * divisor > n) count++;
  }
  return count;
});

await main(function* () {
  const parts = Array.from({ length: 32 }, (_, i) => i * 50_000);
  let alone = 0;
  for (const workers of [1, 2, navigator.hardwareConcurrency + 1]) {
    yield* cpuScope(function* (cpu) {
      yield* cpu.map(countPrimes, parts.slice(0, workers), { chunk: 1 });
      const start = now();
      const counts = yield* cpu.map(countPrimes, parts);
      const took = now() - start;
      alone ||= took;
      const primes = counts.reduce((a, b) => a + b);
      const faster = (alone / took).toFixed(1);
      const bar = "#".repeat(Math.round(10 * alone / took));
      console.log(`${primes} primes, ${workers} workers: ${faster}x ${bar}`);
    }, { workers });
  }
});

// Output:
// 121127 primes, 1 workers: 1.0x ##########
// 121127 primes, 2 workers: …x #…
// 121127 primes, … workers: …x #…
