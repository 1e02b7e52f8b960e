// Prints numbers twice: from a task of the loop, and from a task on a worker.
//
// The calls look alike. Watch that the loop goes on ticking while the worker
// computes, and that it cannot while a task of its own does.
//
//     deno run examples/10_thread_vs_fiber.ts

import { main, type Nursery, nursery, sleep } from "espalier";
import { type CpuError, cpuScope, inline } from "espalier/cpu";
import * as Effect from "effect/Effect";

const compute = (name: string) => {
  for (const end = Date.now() + 150; Date.now() < end;);
  return [1, 2, 3, 4].map((n) => `${name} ${n}`).join(", ");
};
const onWorker = inline(compute);

function ticksDuring<E>(work: Effect.Effect<string, E>) {
  return nursery(function* (n: Nursery<E>) {
    let ticks = 0;
    const ticking = n.startSoon(function* () {
      for (;; ticks++) yield* sleep(5);
    });
    const said = yield* work;
    ticking.cancel();
    console.log(
      said,
      ticks > 3 ? "- the loop ticked" : "- the loop stood still",
    );
  });
}

await main(cpuScope(function* (cpu) {
  yield* cpu.run(onWorker, "warm");
  yield* ticksDuring(Effect.sync(() => compute("fiber")));
  yield* ticksDuring<CpuError>(cpu.run(onWorker, "thread"));
}));

// Output:
// fiber 1, fiber 2, fiber 3, fiber 4 - the loop stood still
// thread 1, thread 2, thread 3, thread 4 - the loop ticked
