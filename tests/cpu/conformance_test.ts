import assert from "node:assert/strict";
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import {
  moveOnAfter,
  type Nursery,
  nursery,
  run,
  runExit,
  sleep,
} from "../../src/core/mod.ts";
import { cpuScopeOn } from "../../src/cpu/cpu_scope.ts";
import {
  type CpuError,
  cpuScope,
  inline,
  type Limiter,
  type TaskContext,
  TaskFailed,
  WorkerCrashed,
} from "../../src/cpu/mod.ts";
import { CapacityLimiter } from "../../src/sync/mod.ts";
import { spin, square, untilRunning } from "./support/cpu_tasks.ts";

// Section H of the conformance cases: worker threads.

const fail = inline((): number => {
  throw new RangeError("on purpose");
});

Deno.test("run() hands a value or an error to the caller, from another thread (C094)", async () => {
  await run(cpuScope(function* (cpu) {
    assert.equal(yield* cpu.run(square, 7), 49);
    const thread = inline(async () => {
      const { threadId, isMainThread } = await import("node:worker_threads");
      return { threadId, isMainThread };
    });
    const { isMainThread } = yield* cpu.run(thread);
    assert.equal(isMainThread, false);

    const error = yield* Effect.flip(cpu.run(fail));
    assert(error instanceof TaskFailed);
    assert(error.cause instanceof RangeError);
    assert.equal(error.cause.message, "on purpose");
    assert.match(error.nearStack, /conformance_test\.ts/);
    assert.match(error.farStack, /RangeError: on purpose/);
  }, { workers: 1 }));
});

Deno.test("a value that comes within the grace after the cancel is dropped without noise (C096, R64)", async () => {
  const late = inline(async () => {
    await new Promise((done) => setTimeout(done, 40));
    return "too late";
  });
  await run(cpuScope(function* (cpu) {
    yield* cpu.run(square, 2);
    const future = cpu.submit(late);
    yield* untilRunning(cpu, 1);
    const waited = yield* moveOnAfter(5, cpu.run(late.with({ priority: 1 })));
    assert(Option.isNone(waited));
    future.cancel();
    const outcome = yield* future.outcome;
    assert.equal(outcome._tag, "Cancelled");
    assert.equal(future.stopped, "finished");
    assert.equal(cpu.statistics().cancelled, 2);
  }, { workers: 1, grace: 5000 }));
});

class Grumpy implements Limiter {
  readonly error = new Error("the gate is stuck");
  acquireOnBehalfOf = () => Effect.void;
  releaseOnBehalfOf = () => {
    throw this.error;
  };
}

Deno.test("a limiter whose release fails is reported, with the task's error attached (C098)", async () => {
  const limiter = new Grumpy();
  await run(cpuScope(function* (cpu) {
    const good = yield* Effect.exit(cpu.run(square.with({ limiter }), 3));
    assert(good._tag === "Failure");
    assert.equal(Cause.squash(good.cause), limiter.error);
    assert.equal(limiter.error.cause, undefined);

    const bad = yield* Effect.exit(cpu.run(fail.with({ limiter })));
    assert(bad._tag === "Failure");
    assert.equal(Cause.squash(bad.cause), limiter.error);
    const attached: unknown = (limiter.error as Error).cause;
    assert(attached instanceof TaskFailed);
  }, { workers: 1 }));
});

Deno.test("a worker that cannot be started is reported, and the token is returned (C099)", async () => {
  const broken = {
    name: "broken",
    start(): never {
      throw new Error("no threads left");
    },
  };
  const limiter = new CapacityLimiter(1);
  const errors = await run(cpuScopeOn(broken, function* (cpu) {
    const first = yield* Effect.flip(cpu.run(square, 3));
    const second = yield* Effect.flip(cpu.run(square, 3));
    return [first, second];
  }, { limiter, workers: 2 }));

  for (const error of errors) {
    assert(error instanceof WorkerCrashed);
    assert.match(error.message, /no threads left/);
  }
  assert.equal(limiter.statistics().borrowed, 0);
});

Deno.test("work of one kind that fills its limiter leaves a worker for another, which it waits for (R63)", async () => {
  const first = new CapacityLimiter(1);
  const second = new CapacityLimiter(1);
  const hold = inline((flag: SharedArrayBuffer) => {
    Atomics.wait(new Int32Array(flag), 0, 0);
  });
  const open = inline((flag: SharedArrayBuffer) => {
    const cells = new Int32Array(flag);
    Atomics.store(cells, 0, 1);
    Atomics.notify(cells, 0);
  });
  const flag = new SharedArrayBuffer(4);

  await run(cpuScope(function* (cpu) {
    const holding = [1, 2, 3, 4].map(() =>
      cpu.submit(hold.with({ limiter: first }), flag)
    );
    yield* untilRunning(cpu, 1);
    assert.equal(first.statistics().borrowed, 1);
    assert.equal(first.statistics().waiting, 3);
    yield* cpu.run(open.with({ limiter: second }), flag);
    for (const held of holding) yield* held;
  }, { workers: 2 }));
});

Deno.test("waiting for a limiter can be cancelled, and nothing is started (R64)", async () => {
  const limiter = new CapacityLimiter(1);
  await run(cpuScope(function* (cpu) {
    const blocked = cpu.submit(spin.with({ limiter }));
    yield* untilRunning(cpu, 1);
    const waited = yield* moveOnAfter(20, cpu.run(square.with({ limiter }), 2));
    assert(Option.isNone(waited));
    const queued = cpu.submit(square.with({ limiter }), 2);
    queued.cancel();
    assert.equal((yield* queued.outcome)._tag, "Cancelled");
    assert.equal(cpu.statistics().submitted, 1);
    blocked.cancel();
    yield* blocked.outcome;
    assert.equal(yield* cpu.run(square.with({ limiter }), 4), 16);
    assert.equal(limiter.statistics().borrowed, 0);
  }, { workers: 2, grace: 1 }));
});

Deno.test("a task that polls is stopped inside by the cancellation, which the scope absorbs (C101)", async () => {
  const poll = inline(function (this: TaskContext, flag: SharedArrayBuffer) {
    const cells = new Int32Array(flag);
    try {
      for (;;) this.checkCancelled();
    } finally {
      Atomics.store(cells, 0, 1);
    }
  });
  const quiet = inline(function (this: TaskContext) {
    this.checkCancelled();
    return this.cancelRequested();
  });
  await run(cpuScope(function* (cpu) {
    const flag = new SharedArrayBuffer(4);
    yield* cpu.run(square, 1);
    const future = cpu.submit(poll, flag);
    yield* untilRunning(cpu, 1);
    future.cancel();
    yield* future.outcome;
    assert.equal(future.stopped, "cooperative");
    assert.equal(new Int32Array(flag)[0], 1);

    const again = new SharedArrayBuffer(4);
    const none = yield* moveOnAfter(30, cpu.run(poll, again));
    assert(Option.isNone(none));
    assert.equal(new Int32Array(again)[0], 1);
    assert.equal(yield* cpu.run(quiet), false);
    const { killed, exited } = cpu.statistics().stopped;
    assert.deepEqual([killed, exited], [0, 0]);
  }, { workers: 1, grace: 10_000 }));
});

Deno.test("the scope ends only when no task runs: the count goes 2, 1, 0 (C102)", async () => {
  const hold = inline((flag: SharedArrayBuffer) => {
    Atomics.wait(new Int32Array(flag), 0, 0);
  });
  const counts: number[] = [];
  let ended = false;
  await run(nursery(function* (n: Nursery<CpuError>) {
    const flags = [new SharedArrayBuffer(4), new SharedArrayBuffer(4)];
    const release = (at: number) => {
      const cells = new Int32Array(flags[at]!);
      Atomics.store(cells, 0, 1);
      Atomics.notify(cells, 0);
    };
    let statistics = () => ({ running: -1 });
    const scope = n.startSoon(cpuScope(function* (cpu) {
      statistics = () => cpu.statistics();
      for (const flag of flags) cpu.submit(hold, flag);
      yield* untilRunning(cpu, 2);
    }, { workers: 2 }));
    while (statistics().running !== 2) yield* sleep(1);
    counts.push(statistics().running);
    release(0);
    while (statistics().running !== 1) yield* sleep(1);
    counts.push(statistics().running);
    assert.equal(scope.status, "running");
    release(1);
    yield* scope;
    ended = true;
    counts.push(statistics().running);
  }));

  assert.deepEqual(counts, [2, 1, 0]);
  assert(ended);
  // Nothing ever ran: it ends at once.
  await run(cpuScope(() => Effect.void));
});

Deno.test("a task whose caller is cancelled already is not started (R64)", async () => {
  const exit = await runExit(cpuScope(function* (cpu) {
    const none = yield* moveOnAfter(0, function* () {
      return yield* cpu.run(spin);
    });
    assert(Option.isNone(none));
    return cpu.statistics().submitted;
  }));
  assert(exit._tag === "Success");
  assert.equal(exit.value, 0);
});
