// Does the same work by turns and at the same time, and shows when each helps.
//
// Waiting: a hundred tasks wait as quickly as one. Computing: tasks on the loop
// take turns, so two take twice as long as one; on workers they take as long as
// the cores allow. Watch the last two lines.
//
//     deno run examples/19_concurrency_vs_parallelism.ts

import * as Effect from "effect/Effect";
import { gather, main, now, sleep } from "espalier";
import { cpuScope, inline } from "espalier/cpu";

/** Stands on its own, so that it can go to a worker. */
function work(rounds: number) {
  let sum = 0;
  for (let i = 0; i < rounds; i++) sum = (sum + Math.imul(i, i)) | 0;
  return sum;
}

const away = inline(work);
const rounds = 500_000_000;

await main(cpuScope(function* (cpu) {
  yield* cpu.map(away, [1e8, 1e8], { chunk: 1 }); // warms them up
  const onLoop = Effect.sync(() => work(rounds));
  const onWorker = cpu.run(away, rounds);
  const naps = Array.from({ length: 100 }, () => sleep(50));

  const waits = yield* timed(gather(naps));
  console.log(`100 waits of 50 ms: ${waits < 1000 ? "one" : "many"} in length`);
  const byTurns = yield* timed(gather([onLoop, onLoop]));
  console.log(`2 sums by turns:    ${Math.round(byTurns)} ms`);
  const atOnce = yield* timed(gather([onWorker, onWorker]));
  console.log(`2 sums on workers:  ${Math.round(atOnce)} ms`);
}, { workers: 2 }));

function* timed<E>(body: Effect.Effect<unknown, E>) {
  const start = now();
  yield* body;
  return now() - start;
}

// Output:
// 100 waits of 50 ms: one in length
// 2 sums by turns:    … ms
// 2 sums on workers:  … ms
