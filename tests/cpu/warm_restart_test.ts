import assert from "node:assert/strict";
import { run, sleep } from "../../src/core/mod.ts";
import {
  type CpuScope,
  cpuScope,
  inline,
  workerModule,
} from "../../src/cpu/mod.ts";
import { spin, square, untilRunning } from "./support/cpu_tasks.ts";

/** Waits until a spare was started for the tasks that run long. */
function* untilSpawned(cpu: CpuScope, count: number) {
  const start = performance.now();
  while (cpu.statistics().spawned < count) {
    assert(performance.now() - start < 20_000, "no spare is made");
    yield* sleep(5);
  }
}

Deno.test("a worker that is killed is replaced by its spare: no thread is started for the next task", async () => {
  await run(cpuScope(function* (cpu) {
    for (let round = 2; round < 5; round++) {
      const future = cpu.submit(spin);
      yield* untilRunning(cpu, 1);
      yield* untilSpawned(cpu, round);

      future.cancel();
      yield* future.outcome;

      // A thread that starts holds the loop up: none is started, and there is one.
      const { spawned, workers } = cpu.statistics();
      assert.deepEqual([spawned, workers.length], [round, 1]);
      assert.deepEqual(yield* cpu.map(square, [1, 2, 3]), [1, 4, 9]);
      assert.equal(future.stopped, "killed");
    }
  }, { workers: 1, min: 1, grace: 1 }));
});

Deno.test("a spare has loaded what the scope was to be warm with", async () => {
  const source = `data:text/javascript,
    globalThis.loads = (globalThis.loads ?? 0) + 1;
    export const loads = () => globalThis.loads;`;

  const { loads } = workerModule<{ loads(): number }>(source);
  // Sees what the thread has loaded without loading it.
  const loaded = inline(() => Reflect.get(globalThis, "loads"));

  await run(cpuScope(function* (cpu) {
    const future = cpu.submit(spin);
    yield* untilRunning(cpu, 1);
    yield* untilSpawned(cpu, 2);
    future.cancel();
    yield* future.outcome;

    assert.equal(yield* cpu.run(loaded), 1);
  }, { workers: 1, grace: 1, warm: [loads] }));
});

Deno.test("what waits behind a task that is killed runs elsewhere, each once", async () => {
  const count = inline((counts: Int32Array, index: number) => {
    Atomics.add(counts, index, 1);
    return index;
  });
  const slowOnce = inline((counts: Int32Array, index: number): number => {
    Atomics.add(counts, index, 1);
    for (;;);
  });
  const counts = new Int32Array(new SharedArrayBuffer(4 * 400));

  await run(cpuScope(function* (cpu) {
    // Measured as fast, so that they are sent ahead, behind the one that runs.
    for (let n = 0; n < 50; n++) yield* cpu.run(count, counts, 0);
    counts.fill(0);
    const futures = Array.from({ length: 400 }, (_, index) => {
      const task = index % 100 === 50 ? slowOnce : count;
      return cpu.submit(task, counts, index);
    });
    for (const [index, future] of futures.entries()) {
      if (index % 100 === 50) {
        while (Atomics.load(counts, index) === 0) yield* sleep(1);
        future.cancel();
      }
      const outcome = yield* future.outcome;
      const expected = index % 100 === 50 ? "Cancelled" : "Succeeded";
      assert.equal(outcome._tag, expected, `task ${index}`);
    }

    assert(counts.every((times) => times === 1), counts.join());
    assert.equal(cpu.statistics().stopped.killed, 4);
  }, { workers: 1, grace: 0 }));
});
