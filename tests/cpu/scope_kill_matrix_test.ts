import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import {
  moveOnAfter,
  type Nursery,
  nursery,
  run,
  sleep,
} from "../../src/core/mod.ts";
import { type CpuError, type CpuScope, cpuScope } from "../../src/cpu/mod.ts";
import { STOPPABLE } from "./support/busy_shapes.ts";
import { cpuSilent } from "./support/cpu_silence.ts";
import { sourceTask, square, untilRunning } from "./support/cpu_tasks.ts";

// Every shape of code that does not stop by itself, cancelled in three ways. The
// bound is the grace and what a loaded machine adds to it.

const GRACE = 10, BOUND = 1200;

for (const [shape, source] of Object.entries(STOPPABLE)) {
  Deno.test(`run() of ${shape}, cancelled by deadline, by hand and by a failing nursery, has stopped when it ends (R64, R66)`, async () => {
    const busy = sourceTask(source, shape);
    const took: number[] = [];

    await run(cpuScope(function* (cpu) {
      assert.equal(yield* cpu.run(square, 2), 4);

      // By deadline.
      const late = yield* moveOnAfter(60, cpu.run(busy));
      assert(Option.isNone(late));
      yield* Effect.promise(cpuSilent);
      assert.equal(yield* cpu.run(square, 3), 9);

      // By hand.
      const future = cpu.submit(busy);
      yield* untilInCode(cpu);
      let start = performance.now();
      future.cancel();
      const outcome = yield* future.outcome;
      took.push(performance.now() - start);
      assert.equal(outcome._tag, "Cancelled");
      const expected = shape === "async sleep" ? "exited" : "killed";
      assert.equal(future.stopped, expected);
      yield* Effect.promise(cpuSilent);
      assert.equal(yield* cpu.run(square, 4), 16);

      // By a failing nursery.
      const failing = nursery(function* (n: Nursery<CpuError | "fire">) {
        n.startSoon(cpu.run(busy));
        yield* untilInCode(cpu);
        start = performance.now();
        return yield* Effect.fail("fire" as const);
      });
      assert.equal(yield* Effect.flip(failing), "fire");
      took.push(performance.now() - start);
      yield* Effect.promise(cpuSilent);
      assert.equal(yield* cpu.run(square, 5), 25);

      const { stopped, cancelled, succeeded, running, queued } = cpu
        .statistics();
      assert.equal(stopped.leaked, 0);
      assert.equal(stopped[expected], 3);
      assert.deepEqual({ cancelled, succeeded }, {
        cancelled: 3,
        succeeded: 4,
      });
      assert.deepEqual({ running, queued }, { running: 0, queued: 0 });
    }, { workers: 1, grace: GRACE }));

    for (const ms of took) assert(ms < GRACE + BOUND, `took ${ms} ms`);
  });
}

Deno.test("cpuScope() that is cancelled ends with every thread gone (R66)", async () => {
  const spin = sourceTask("() => { for (;;) {} }");
  const start = performance.now();
  const ended = await run(moveOnAfter(
    250,
    cpuScope(function* (cpu) {
      cpu.submit(spin);
      cpu.submit(spin);
      yield* untilRunning(cpu, 2);
      yield* sleep(60_000);
    }, { workers: 2, grace: GRACE }),
  ));

  assert(Option.isNone(ended));
  assert(performance.now() - start < 3000);
  await cpuSilent();
});

/** Waits until a task was taken, and for its code to begin behind that. */
function* untilInCode(cpu: CpuScope) {
  yield* untilRunning(cpu, 1);
  yield* sleep(20);
}
