// Counts the primes below two million on every core, and says how far it has come.
//
// Press Ctrl-C: the loops on all cores stop at once, although they never look up.
//
//     deno run examples/11_count_primes_on_every_core.ts

import { main } from "espalier";
import { cpuScope, inline } from "espalier/cpu";
import type { TaskContext } from "espalier/cpu/worker";

const countPrimes = inline(
  function (this: TaskContext, from: number, to: number) {
    let count = 0;
    for (let n = from; n < to; n++) {
      if (n % 1000 === 0) this.reportProgress((n - from) / (to - from));
      let divisor = 2;
      while (divisor * divisor <= n && n % divisor !== 0) divisor++;
      if (n > 1 && divisor * divisor > n) count++;
    }
    return count;
  },
);

const LIMIT = 2_000_000, PARTS = 16;
const done = new Array<number>(PARTS).fill(0);

function showProgress(part: number, fraction: number): void {
  done[part] = fraction;
  const all = done.reduce((sum, one) => sum + one, 0) / PARTS;
  if (!Deno.stderr.isTerminal()) return;
  const line = `\r${"#".repeat(all * 40).padEnd(40, ".")} ${(all * 100) | 0} %`;
  Deno.stderr.writeSync(new TextEncoder().encode(line));
}

await main(cpuScope(function* (cpu) {
  const step = LIMIT / PARTS;
  const futures = done.map((_, part) => {
    const onProgress = (fraction: number) => showProgress(part, fraction);
    const task = countPrimes.with({ onProgress });
    return cpu.submit(task, part * step, (part + 1) * step);
  });
  let primes = 0;
  for (const [part, future] of futures.entries()) {
    primes += yield* future;
    showProgress(part, 1);
  }
  console.log(`\n${primes} primes below ${LIMIT}`);
}));

// Output:
//
// 148933 primes below 2000000
