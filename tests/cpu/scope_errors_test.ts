import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import { run, runExit, sleep } from "../../src/core/mod.ts";
import { DeadlineExceeded } from "../../src/core/mod.ts";
import {
  type CpuError,
  cpuScope,
  inline,
  move,
  NotSerializable,
  registerError,
  TaskFailed,
  TaskNotFound,
  WorkerCrashed,
  workerModule,
  WorkerOutOfMemory,
} from "../../src/cpu/mod.ts";
import { spin, square } from "./support/cpu_tasks.ts";

class OutOfStock extends Error {
  readonly _tag = "OutOfStock";
  override readonly name = "OutOfStock";
  constructor(readonly item: string) {
    super(`no ${item}`);
  }
}

/** Runs each task alone, and a good one after it, on one worker. */
async function failures(
  tasks: readonly Parameters<typeof flipped>[1][],
  options: { memoryLimit?: number } = {},
): Promise<CpuError[]> {
  return await run(cpuScope(function* (cpu) {
    const errors: CpuError[] = [];
    for (const task of tasks) {
      errors.push(yield* flipped(cpu, task));
      assert.equal(yield* cpu.run(square, 6), 36);
    }
    const { succeeded, failed, running, queued } = cpu.statistics();
    assert.deepEqual(
      { succeeded, failed, running, queued },
      { succeeded: tasks.length, failed: tasks.length, running: 0, queued: 0 },
    );
    return errors;
  }, { workers: 1, ...options }));
}

// deno-lint-ignore no-explicit-any
function flipped(cpu: any, task: any): Effect.Effect<CpuError> {
  return Effect.orDie(
    Effect.flip(cpu.run(task) as Effect.Effect<unknown, CpuError>),
  );
}

Deno.test("what a task throws crosses whole, and is revived by its class", async () => {
  registerError(OutOfStock);
  const thrower = inline(() => {
    class OutOfStock extends Error {
      readonly _tag = "OutOfStock";
      override readonly name = "OutOfStock";
      item = "tea";
    }
    throw new AggregateError(
      [new OutOfStock("no tea"), new TypeError("second")],
      "both",
      { cause: new RangeError("first") },
    );
  });
  const [error] = await failures([thrower]);

  assert(error instanceof TaskFailed);
  const { cause } = error;
  assert(cause instanceof AggregateError);
  assert(cause.errors[0] instanceof OutOfStock);
  assert.equal(cause.errors[0].item, "tea");
  assert.equal(cause.errors[0]._tag, "OutOfStock");
  assert(cause.errors[1] instanceof TypeError);
  assert(cause.cause instanceof RangeError);
});

Deno.test("a worker that ends under its task is told by its exit code, and replaced", async () => {
  const exits = inline(() => Deno.exit(7));
  const crashes = inline(() =>
    new Promise(() => {
      setTimeout(() => {
        throw new Error("nobody takes this");
      });
    })
  );
  const [first, second] = await failures([exits, crashes]);

  assert(first instanceof WorkerCrashed);
  assert.equal(first.exitCode, 7);
  assert(second instanceof WorkerCrashed);
  assert.match(second.message, /nobody takes this/);
});

Deno.test("tasks behind one that takes its worker down run elsewhere, each once", async () => {
  const count = inline(
    (flag: SharedArrayBuffer, index: number, bad: number) => {
      Atomics.add(new Int32Array(flag), index, 1);
      if (index === bad) Deno.exit(3);
      return index;
    },
  );
  const flag = new SharedArrayBuffer(4 * 200);
  await run(cpuScope(function* (cpu) {
    for (let n = 0; n < 20; n++) yield* cpu.run(count, flag, 0, -1);
    new Int32Array(flag).fill(0);
    const futures = [];
    for (let index = 0; index < 200; index++) {
      futures.push(cpu.submit(count, flag, index, 50));
    }
    for (const [index, future] of futures.entries()) {
      const outcome = yield* future.outcome;
      assert.equal(outcome._tag, index === 50 ? "Failed" : "Succeeded");
    }
    assert(new Int32Array(flag).every((times) => times === 1));
    const { submitted, succeeded, failed } = cpu.statistics();
    assert.deepEqual([submitted, succeeded, failed], [220, 219, 1]);
  }, { workers: 2 }));
});

Deno.test("a function that cannot be had is told by what is missing", async () => {
  // deno-lint-ignore no-explicit-any
  const empty = workerModule<any>("data:text/javascript,export const a = 1;");
  // deno-lint-ignore no-explicit-any
  const broken = workerModule<any>(
    "data:text/javascript,throw new Error('no')",
  );
  // deno-lint-ignore no-explicit-any
  const nowhere = workerModule<any>(new URL("./nowhere.ts", import.meta.url));
  const [one, two, three, four] = await failures(
    [empty.missing, empty.a, broken.a, nowhere.a],
  );

  for (const error of [one, two, three, four]) {
    assert(error instanceof TaskNotFound);
  }
  assert.deepEqual(
    [one, two, three, four].map((error) => (error as TaskNotFound).why),
    ["export", "export", "module", "module"],
  );
});

Deno.test("a task past its timeout fails, and its worker is kept", async () => {
  const sleeps = inline(async () => {
    await new Promise((done) => setTimeout(done, 1e6));
  });
  await run(cpuScope(function* (cpu) {
    yield* cpu.run(square, 1);
    const loop = yield* Effect.flip(cpu.run(spin.with({ timeout: 20 })));
    assert(loop instanceof DeadlineExceeded);
    const { killed, exited } = cpu.statistics().stopped;
    assert.deepEqual([killed, exited], [0, 0]);
    const sleep = yield* Effect.flip(cpu.run(sleeps.with({ timeout: 20 })));
    assert(sleep instanceof DeadlineExceeded);
    assert.equal(yield* cpu.run(square.with({ timeout: 10_000 }), 3), 9);
  }, { workers: 1, grace: 20 }));
});

Deno.test("a timeout counts from the start of the task, not from its place in the queue", async () => {
  const nap = inline((ms: number) => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
    return ms;
  }).with({ timeout: 400 });
  const results = await run(
    cpuScope((cpu) => cpu.map(nap, [150, 150, 150, 150]), { workers: 1 }),
  );
  assert.deepEqual(results, [150, 150, 150, 150]);
});

Deno.test("a timeout does not count while the module of the task loads", async () => {
  // deno-lint-ignore no-explicit-any
  const { one } = workerModule<any>(
    "data:text/javascript,await new Promise((done) => setTimeout(done, 150));" +
      "export const one = () => 1;",
  );
  const results = await run(cpuScope(function* (cpu) {
    // So that the worker knows when another task has started.
    const before = yield* cpu.run(square.with({ timeout: 60 }), 2);
    return [before, yield* cpu.run(one!.with({ timeout: 60 }))];
  }, { workers: 1, grace: 0 }));
  assert.deepEqual(results, [4, 1]);
});

Deno.test("a worker that runs out of memory is told, in a loop and while it waits", async () => {
  const grows = inline(() => {
    const keep: unknown[] = [];
    for (let n = 0;; n++) keep.push({ n, text: `${n}`.repeat(20) });
  });
  const growsLater = inline(async () => {
    const keep: unknown[] = [];
    for (let n = 0;; n++) {
      keep.push({ n, text: `${n}`.repeat(20) });
      if (n % 10_000 === 0) await new Promise((done) => setTimeout(done));
    }
  });
  const errors = await failures([grows, growsLater], { memoryLimit: 40 });

  for (const error of errors) assert(error instanceof WorkerOutOfMemory);
  assert.match(errors[0]!.message, /limit of 40 MiB/);
});

Deno.test("what cannot cross is refused, by its path, before anything is moved", async () => {
  await run(cpuScope(function* (cpu) {
    const take = inline((_: unknown, __?: unknown) => 1);
    const bytes = new Uint8Array(8);
    const refused = cpu.run(
      take,
      { deep: { headers: new Headers() } },
      move(bytes),
    );
    const error = yield* Effect.flip(refused);
    assert(error instanceof NotSerializable);
    assert.equal(error.path, "args[0].deep.headers");
    assert.equal(bytes.length, 8);

    const future = cpu.submit(take, () => {});
    const failed = yield* future.outcome;
    assert.equal(failed._tag, "Failed");

    const returns = inline((): unknown => ({
      link: new URL("https://deno.com"),
    }));
    const result = yield* Effect.flip(cpu.run(returns));
    assert(result instanceof NotSerializable);
    assert.equal(result.path, "result.link");
    assert.equal(yield* cpu.run(square, 2), 4);
  }, { workers: 1 }));
});

Deno.test("move() hands a buffer over at submit, and what waits is a copy of what was", async () => {
  await run(cpuScope(function* (cpu) {
    const first = inline((array: Float64Array) => array[0]);
    const slow = cpu.submit(inline(() => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30);
    }));
    const moved = new Float64Array([7]);
    const future = cpu.submit(first, move(moved));
    assert.equal(moved.length, 0);
    const kept = new Float64Array([8]);
    const copied = cpu.submit(first, kept);
    kept[0] = 9;
    yield* slow;
    assert.equal(yield* future, 7);
    assert.equal(yield* copied, 8);
  }, { workers: 1 }));
});

Deno.test("a future that failed and nobody waited on fails the scope; one that was looked at does not", async () => {
  const fails = inline(() => {
    throw new Error("unseen");
  });
  const unseen = await runExit(cpuScope(function* (cpu) {
    cpu.submit(fails);
    cpu.submit(square, 2);
    yield* sleep(1);
    return "body";
  }, { workers: 1 }));
  assert(unseen._tag === "Failure");
  assert(unseen.cause.reasons[0]!._tag === "Fail");
  assert(unseen.cause.reasons[0]!.error instanceof TaskFailed);
  assert.equal(unseen.cause.reasons.length, 1);

  const seen = await run(cpuScope(function* (cpu) {
    const outcome = yield* cpu.submit(fails).outcome;
    return outcome._tag;
  }, { workers: 1 }));
  assert.equal(seen, "Failed");
});

Deno.test("a scope whose body fails stops its tasks and ends with the body's failure", async () => {
  const exit = await runExit(cpuScope(function* (cpu) {
    cpu.submit(spin);
    cpu.submit(spin);
    yield* sleep(60);
    return yield* Effect.fail("the body" as const);
  }, { workers: 1, grace: 1 }));
  assert(exit._tag === "Failure");
  assert.deepEqual(
    exit.cause.reasons.map((reason) => reason._tag === "Fail" && reason.error),
    ["the body"],
  );
});

Deno.test("a task for a scope that has ended is refused", async () => {
  const cpu = await run(cpuScope((cpu) => Effect.succeed(cpu)));
  assert.throws(() => cpu.submit(square, 2), /Cannot spawn into|ended|closed/);
  const exit = await runExit(cpu.run(square, 2));
  assert(exit._tag === "Failure");
  assert.equal(exit.cause.reasons[0]!._tag, "Die");
});
