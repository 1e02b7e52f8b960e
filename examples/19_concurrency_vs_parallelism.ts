// Does the same work by turns and at the same time, and shows when each helps.
//
// Waiting: a hundred tasks wait as quickly as one. Computing: tasks on the loop
// take turns, so two take twice as long as one; on workers they take as long as
// the cores allow. Watch when the second sum begins.
//
//     deno run examples/19_concurrency_vs_parallelism.ts

import * as Effect from "effect/Effect";
import { gather, main, now, sleep } from "espalier";
import { cpuScope, inline } from "espalier/cpu";

/** Stands on its own, so that it can go to a worker. */
function work(rounds: number) {
  const begin = Date.now();
  let sum = 0;
  for (let i = 0; i < rounds; i++) sum = (sum + Math.imul(i, i)) | 0;
  return { sum, begin, end: Date.now() };
}

const away = inline(work);
const rounds = 500_000_000;

await main(cpuScope(function* (cpu) {
  const warm = [cpu.submit(away, 1e8), cpu.submit(away, 1e8)];
  for (const future of warm) yield* future;

  const start = now();
  yield* gather(Array.from({ length: 100 }, () => sleep(50)));
  const waits = now() - start < 1000 ? "one" : "many";
  console.log(`100 waits of 50 ms: ${waits} in length`);

  const onLoop = Effect.sync(() => work(rounds));
  tell("loop", yield* gather([onLoop, onLoop]));
  const onWorker = cpu.run(away, rounds);
  tell("workers", yield* gather([onWorker, onWorker]));
}, { workers: 2, min: 2 }));

type Sum = ReturnType<typeof work>;

function tell(where: string, [one, two]: readonly [Sum, Sum]) {
  const took = Math.max(one.end, two.end) - Math.min(one.begin, two.begin);
  const overlap = one.begin < two.end && two.begin < one.end;
  const how = overlap ? "at the same time" : "one after the other";
  console.log(`2 sums on the ${where}: ${how}, ${took} ms`);
}

// Output:
// 100 waits of 50 ms: one in length
// 2 sums on the loop: one after the other, … ms
// 2 sums on the workers: at the same time, … ms
