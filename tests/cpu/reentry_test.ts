import assert from "node:assert/strict";
import { CapacityLimiter, run, sleep } from "../../mod.ts";
import {
  affinity,
  type CpuFuture,
  type CpuScope,
  cpuScope,
  type CpuScopeOptions,
  inline,
} from "../../src/cpu/mod.ts";
import type { TaskContext } from "../../src/cpu/worker/mod.ts";
import * as Effect from "effect/Effect";
import { square, untilRunning } from "./support/cpu_tasks.ts";

// What a task's call to the loop may wait for, and what it must not.

type Body = () => unknown;

/** Answers what its call "f" came to: its value, or the name of its error. */
const asks = inline(async function (this: TaskContext): Promise<unknown> {
  return await this.callHost("f").catch((error: Error) => error.name);
});

/** Runs a task whose call to the loop is `body`. */
function asked(
  body: (cpu: CpuScope) => unknown,
  options: CpuScopeOptions = { workers: 1 },
): Promise<unknown> {
  return run(cpuScope((cpu) => {
    const f: Body = () => body(cpu);
    return cpu.run(asks.with({ host: { f } }));
  }, options));
}

const shapes: Record<string, (cpu: CpuScope) => unknown> = {
  "run()": (cpu) => cpu.run(square, 2),
  "map()": (cpu) => cpu.map(square, [1, 2, 3]),
  "a future of submit()": (cpu) => cpu.submit(square, 2),
  "the outcome of a future": (cpu) =>
    Effect.map(
      cpu.submit(square, 2).outcome,
      ({ _tag }) => _tag === "Failed" ? "ReentryDeadlock" : _tag,
    ),
};

for (const [shape, body] of Object.entries(shapes)) {
  Deno.test(`a call to the loop that waits for ${shape} in its own scope is ReentryDeadlock where no worker is left, and runs where one is (R65)`, async () => {
    assert.equal(await asked(body), "ReentryDeadlock");
    const value = await asked(body, { workers: 2 });
    assert.notEqual(value, "ReentryDeadlock");
  });
}

Deno.test("a job that is held back, or bound to the worker that waits, is ReentryDeadlock too", async () => {
  const again = (cpu: CpuScope) => cpu.run(square, 2);
  assert.equal(
    await asked(again, { workers: 1, queueLimit: 0 }),
    "ReentryDeadlock",
  );

  const keyed = await run(cpuScope((cpu) => {
    const f = () => cpu.run(square.with({ key: 1 }), 2);
    return cpu.run(asks.with({ key: 1, host: { f } }));
  }, { workers: 2, strategy: affinity }));
  assert.equal(keyed, "ReentryDeadlock");
});

Deno.test("two tasks that wait for a worker each: one is ReentryDeadlock, the other goes on", async () => {
  const ends = await run(cpuScope(function* (cpu) {
    const task = asks.with({ host: { f: () => cpu.run(square, 3) } });
    const futures = [cpu.submit(task), cpu.submit(task)];
    const ends: unknown[] = [];
    for (const future of futures) ends.push(yield* future);
    return ends;
  }, { workers: 2 }));

  assert.deepEqual(ends.map(String).sort(), ["9", "ReentryDeadlock"]);
});

Deno.test("a call may submit what it does not wait for, and wait for what was submitted before", async () => {
  await run(cpuScope(function* (cpu) {
    let later: CpuFuture<number> | undefined;
    const f = () => {
      later = cpu.submit(square, 3);
      return "submitted";
    };
    assert.equal(yield* cpu.run(asks.with({ host: { f } })), "submitted");
    assert.equal(yield* later!, 9);

    // Submitted outside of any call, but waited for in one.
    const queued: CpuFuture<number>[] = [];
    const wait = Effect.gen(function* () {
      while (queued.length === 0) yield* sleep(1);
      return (yield* queued[0]!.outcome)._tag;
    });
    const waiting = cpu.submit(asks.with({ host: { f: () => wait } }));
    yield* untilRunning(cpu, 1);
    queued.push(cpu.submit(square, 4));
    assert.equal(yield* waiting, "Failed");
  }, { workers: 1 }));
});

Deno.test("thousands of jobs that one call waits for run on the worker that is left", async () => {
  const items = Array.from({ length: 5000 }, (_, n) => n);
  const squares = await asked((cpu) => cpu.map(square, items), { workers: 2 });

  assert.deepEqual(squares, items.map((n) => n * n));
});

Deno.test("a call to the loop by a task that was offered nothing fails, however it was asked for", async () => {
  const expected =
    'Cannot call "f" on the host: "anonymous" is offered nothing of that name';
  const tells = inline(async function (this: TaskContext): Promise<unknown> {
    return await this.callHost("f").catch((error: Error) => error.message);
  });
  const each = inline(async function (this: TaskContext, name: string) {
    return await this.callHost(name).catch((error: Error) => error.message);
  });

  await run(cpuScope(function* (cpu) {
    assert.equal(yield* cpu.run(tells), expected);
    assert.equal(yield* cpu.submit(tells), expected);
    assert.deepEqual(yield* cpu.map(each, ["f"]), [expected]);
    const host = { g: () => 1 };
    assert.equal(yield* cpu.run(tells.with({ host })), expected);
    const inherited = yield* cpu.run(each.with({ host }), "toString");
    assert.match(String(inherited), /offered nothing of that name/);
  }, { workers: 1 }));
});

Deno.test("map() behind a limiter takes items as they are needed, keeps their order, and closes them", async () => {
  let taken = 0, closed = 0;
  function* numbers() {
    try {
      for (;;) yield taken++;
    } finally {
      closed++;
    }
  }
  const picky = inline((n: number) => {
    if (n === 300) throw new RangeError("three hundred");
    return n;
  });

  await run(cpuScope(function* (cpu) {
    const items = Array.from({ length: 600 }, (_, n) => n);
    const squares = yield* cpu.map(square, items);
    assert.deepEqual(squares, items.map((n) => n * n));
    assert.deepEqual(yield* cpu.map(square, []), []);

    const ended = yield* cpu.submit(square, 1).outcome;
    assert.equal(ended._tag, "Succeeded");
    const failed = yield* Effect.flip(cpu.map(picky, numbers()));
    assert.equal(failed._tag, "TaskFailed");
    assert.equal(closed, 1);
    assert(taken < 2000, `${taken} were taken`);
  }, { workers: 2, limiter: new CapacityLimiter(2) }));
});

Deno.test("map() of what is not iterable is a defect that says so", async () => {
  for (const limiter of [undefined, new CapacityLimiter(1)]) {
    const failing = run(cpuScope((cpu) => {
      return cpu.map(square, 5 as unknown as number[]);
    }, limiter ? { limiter } : {}));
    await assert.rejects(failing, {
      message: "Cannot map: the items must be iterable: received 5",
    });
  }
});
