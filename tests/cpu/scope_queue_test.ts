import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import { failAfter, run, sleep } from "../../src/core/mod.ts";
import {
  affinity,
  type CpuScope,
  cpuScope,
  inline,
  leastLoaded,
  powerOfTwo,
  QueueFull,
  ReentryDeadlock,
  roundRobin,
  type TaskContext,
  weightedRoundRobin,
} from "../../src/cpu/mod.ts";
import { spin, square, untilRunning } from "./support/cpu_tasks.ts";

const hold = inline((flag: SharedArrayBuffer) => {
  Atomics.wait(new Int32Array(flag), 0, 0);
});
const note = inline((log: SharedArrayBuffer, what: number) => {
  const cells = new Int32Array(log);
  cells[1 + Atomics.add(cells, 0, 1)] = what;
});

function open(flag: SharedArrayBuffer): void {
  const cells = new Int32Array(flag);
  Atomics.store(cells, 0, 1);
  Atomics.notify(cells, 0);
}

/** Occupies the one worker of a scope; answers how to let it go. */
function* occupied(cpu: CpuScope) {
  const flag = new SharedArrayBuffer(4);
  const future = cpu.submit(hold, flag);
  yield* untilRunning(cpu, 1);
  return () => {
    open(flag);
    return future;
  };
}

Deno.test("submit() runs higher priorities first, and equals first come first served", async () => {
  const log = new SharedArrayBuffer(4 * 8);
  await run(cpuScope(function* (cpu) {
    const free = yield* occupied(cpu);
    const futures = [1, 2, 3, 4, 5].map((what) => {
      const priority = what === 4 ? 10 : what === 5 ? -1 : 0;
      return cpu.submit(note.with({ priority }), log, what);
    });
    yield* free();
    for (const future of futures) yield* future;
  }, { workers: 1 }));
  assert.deepEqual([...new Int32Array(log)].slice(1, 6), [4, 1, 2, 3, 5]);
});

Deno.test("onFull reject refuses the newcomer; the sum of the statistics holds", async () => {
  await run(cpuScope(function* (cpu) {
    const free = yield* occupied(cpu);
    const kept = [cpu.submit(square, 1), cpu.submit(square, 2)];
    const error = yield* Effect.flip(cpu.run(square, 3));
    assert(error instanceof QueueFull);
    assert.equal(error.policy, "reject");
    const now = cpu.statistics();
    assert.deepEqual(
      [now.submitted, now.queued, now.running, now.refused],
      [4, 2, 1, 1],
    );
    yield* free();
    for (const future of kept) yield* future;
    assert.equal(yield* cpu.run(square, 4), 16);
  }, { workers: 1, queueLimit: 2, onFull: "reject" }));
});

Deno.test("onFull drop refuses the one that has waited longest", async () => {
  await run(cpuScope(function* (cpu) {
    const free = yield* occupied(cpu);
    const futures = [1, 2, 3].map((n) => cpu.submit(square, n));
    const dropped = yield* Effect.flip(futures[0]!);
    assert(dropped instanceof QueueFull);
    assert.equal(dropped.policy, "drop");
    yield* free();
    assert.equal(yield* futures[1]!, 4);
    assert.equal(yield* futures[2]!, 9);
  }, { workers: 1, queueLimit: 2, onFull: "drop" }));
});

Deno.test("onFull wait keeps everything, in order, and lets what waits be cancelled", async () => {
  const log = new SharedArrayBuffer(4 * 8);
  await run(cpuScope(function* (cpu) {
    const free = yield* occupied(cpu);
    const futures = [1, 2, 3, 4].map((n) => cpu.submit(note, log, n));
    futures[2]!.cancel();
    assert.equal(futures[2]!.stopped, undefined);
    assert.equal((yield* futures[2]!.outcome)._tag, "Cancelled");
    yield* free();
    for (const at of [0, 1, 3]) yield* futures[at]!;
    assert.deepEqual([...new Int32Array(log)].slice(0, 4), [3, 1, 2, 4]);
    const { submitted, succeeded, cancelled } = cpu.statistics();
    assert.deepEqual([submitted, succeeded, cancelled], [5, 4, 1]);
  }, { workers: 1, queueLimit: 1 }));
});

Deno.test("map() keeps order or not, takes chunks, and ends with the first failure", async () => {
  const items = Array.from({ length: 3000 }, (_, n) => n);
  const squares = items.map((n) => n * n);
  const picky = inline((n: number) => {
    if (n === 500) throw new Error("500");
    return n;
  });
  await run(cpuScope(function* (cpu) {
    assert.deepEqual(yield* cpu.map(square, items), squares);
    assert.deepEqual(yield* cpu.map(square, items, { chunk: 64 }), squares);
    const mixed = yield* cpu.map(square, items, { ordered: false });
    assert.deepEqual(mixed.toSorted((a, b) => a - b), squares);
    assert.deepEqual(yield* cpu.map(square, []), []);
    const error = yield* Effect.flip(cpu.map(picky, items));
    assert.equal(error._tag, "TaskFailed");
    assert.throws(() => cpu.map(square, items, { chunk: 0 }), RangeError);
    const bad = function* () {
      yield 1;
      throw new Error("no more items");
    };
    const exit = yield* Effect.exit(cpu.map(square, bad()));
    assert.equal(exit._tag, "Failure");
    assert.equal(yield* cpu.run(square, 3), 9);
    const { queued, running } = cpu.statistics();
    assert.deepEqual({ queued, running }, { queued: 0, running: 0 });
  }, { workers: 2 }));
});

for (
  const strategy of [
    leastLoaded,
    roundRobin,
    weightedRoundRobin([2, 1]),
    powerOfTwo,
    affinity,
  ]
) {
  Deno.test(`cpuScope() runs everything with ${strategy.name}, also after a kill`, async () => {
    await run(cpuScope(function* (cpu) {
      const tasks = [1, 2, 3, 4].map((n) =>
        cpu.submit(square.with({ key: n % 2 }), n)
      );
      const stuck = cpu.submit(spin.with({ key: 0 }));
      for (const [at, task] of tasks.entries()) {
        assert.equal(yield* task, (at + 1) ** 2);
      }
      yield* untilRunning(cpu, 1);
      const behind = cpu.submit(square.with({ key: 0 }), 5);
      stuck.cancel();
      assert.equal(yield* behind, 25);
      yield* stuck.outcome;
      assert.equal(stuck.stopped, "killed");
      assert.equal(cpu.statistics().cancelled, 1);
    }, { workers: 2, grace: 1, strategy }));
  });
}

Deno.test("affinity keeps a key on its worker", async () => {
  const who = inline(async () =>
    (await import("node:worker_threads")).threadId
  );
  await run(cpuScope(function* (cpu) {
    const seen = new Map<string, Set<number>>();
    for (let round = 0; round < 4; round++) {
      for (const key of ["a", "b", "c", "d"]) {
        const ids = seen.get(key) ?? new Set();
        seen.set(key, ids.add(yield* cpu.run(who.with({ key }))));
      }
    }
    for (const ids of seen.values()) assert.equal(ids.size, 1);
  }, { workers: 2, strategy: affinity }));
});

Deno.test("a strategy that throws, or answers nonsense, is a defect of the call", async () => {
  const nonsense = { name: "nonsense", start: () => () => 7 };
  await run(cpuScope(function* (cpu) {
    const exit = yield* Effect.exit(cpu.run(square, 2));
    assert(exit._tag === "Failure");
    assert.equal(exit.cause.reasons[0]!._tag, "Die");
  }, { workers: 2, strategy: nonsense }));
});

Deno.test("callHost() runs what the task was given, as a body, and its failure comes back", async () => {
  const ask = inline(async function (this: TaskContext, item: string) {
    const price = await this.callHost<number>("price", item);
    const late = await this.callHost<number>("later", 3);
    const error = await this.callHost("nothing").catch((e: Error) => e.message);
    return { price, late, error };
  }).with({
    name: "ask",
    host: {
      price: (item: string) => item.length,
      later: function* (n: number) {
        yield* sleep(1);
        return n * 2;
      },
    },
  });
  const told = {
    price: 3,
    late: 6,
    error:
      'Cannot call "nothing" on the host: "ask" is offered nothing of that name',
  };
  await run(cpuScope(function* (cpu) {
    assert.deepEqual(yield* cpu.run(ask, "tea"), told);
    assert.deepEqual(yield* cpu.submit(ask, "tea"), told);
  }, { workers: 1 }));
});

Deno.test("cancelling a task cancels its calls to the loop", async () => {
  let ended = false;
  const ask = inline(async function (this: TaskContext) {
    await this.callHost("wait");
  }).with({
    host: {
      wait: () =>
        Effect.ensuring(sleep(60_000), Effect.sync(() => ended = true)),
    },
  });
  await run(cpuScope(function* (cpu) {
    const future = cpu.submit(ask);
    yield* untilRunning(cpu, 1);
    yield* sleep(20);
    future.cancel();
    yield* future.outcome;
  }, { workers: 1, grace: 1 }));
  assert(ended);
});

Deno.test("a run that waits for its own worker is the defect ReentryDeadlock; with a worker more it runs", async () => {
  const outer = inline(async function (this: TaskContext) {
    return await this.callHost("inner").catch((e: Error) => e.name);
  });
  const nested = (cpu: CpuScope) =>
    cpu.run(outer.with({ host: { inner: () => cpu.run(square, 3) } }));

  assert.equal(await run(cpuScope(nested, { workers: 1 })), "ReentryDeadlock");
  assert.equal(await run(cpuScope(nested, { workers: 2 })), 9);
  assert.equal(new ReentryDeadlock("a", "b", 1)._tag, "ReentryDeadlock");
});

Deno.test("progress is newest only, and the last one comes before the result", async () => {
  const steps = inline(function (this: TaskContext) {
    for (let n = 1; n <= 100_000; n++) this.reportProgress(n / 100_000);
    return "done";
  });
  const heard: (number | string)[] = [];
  await run(cpuScope(function* (cpu) {
    const onProgress = (fraction: number) => void heard.push(fraction);
    heard.push(yield* cpu.run(steps.with({ onProgress })));
    const bad = steps.with({
      onProgress() {
        throw new Error("not interested");
      },
    });
    const exit = yield* Effect.exit(cpu.run(bad));
    assert.equal(exit._tag, "Failure");
  }, { workers: 1 }));
  assert.deepEqual(heard.slice(-2), [1, "done"]);
  assert(heard.length < 1000);
});

Deno.test("workers that idle for too long end, down to min", async () => {
  await run(cpuScope(function* (cpu) {
    const both = [
      cpu.submit(spin.with({ timeout: 300 })),
      cpu.submit(spin.with({ timeout: 300 })),
    ];
    for (const future of both) yield* future.outcome;
    assert.equal(cpu.statistics().spawned >= 2, true);
    const start = performance.now();
    while (cpu.statistics().workers.length > 1) {
      assert(performance.now() - start < 10_000);
      yield* sleep(5);
    }
    assert.equal(yield* cpu.run(square, 2), 4);
  }, { workers: 2, min: 1, idleTimeout: 20 }));
});

Deno.test("cpuScope() refuses options out of range", () => {
  const body = () => Effect.void;
  for (
    const options of [
      { workers: 0 },
      { workers: 1.5 },
      { workers: 2, min: 3 },
      { queueLimit: -1 },
      { memoryLimit: 0 },
      { memoryLimit: 7 },
      { grace: -1 },
    ]
  ) assert.throws(() => cpuScope(body, options), RangeError);
  assert.throws(() => cpuScope(body, { onFull: "panic" as "wait" }), TypeError);
  assert.throws(
    () => cpuScope(body, { strategy: "roundRobin" as never }),
    /'strategy' must be one, such as leastLoaded: received "roundRobin"$/,
  );
});

Deno.test("a plain argument is what it was at the call, also where the task is sent twice", async () => {
  const task = inline((order: { n: number; spins?: boolean }) => {
    if (order.spins) { for (;;); }
    return order.n;
  });
  const result = await run(cpuScope(function* (cpu) {
    // Known to be fast, so that one may wait behind another on its worker.
    yield* cpu.map(task, Array.from({ length: 60 }, (_, n) => ({ n })));
    const spinning = cpu.submit(task, { n: 0, spins: true });
    const order = { n: 1 };
    const behind = cpu.submit(task, order);
    order.n = 2;
    spinning.cancel();
    return yield* behind;
  }, { workers: 1, grace: 0 }));
  assert.equal(result, 1);
});

Deno.test("a job whose arguments take long to arrive is sent once", async () => {
  const size = inline((map: Map<number, string>) => map.size);
  const entries = Array.from(
    { length: 100_000 },
    (_, i) => [i, `${i}`] as const,
  );
  const sized = await run(failAfter(
    "20 seconds",
    cpuScope(function* (cpu) {
      // Known to be short, so that one may wait behind another.
      for (let i = 0; i < 20; i++) yield* cpu.run(size, new Map());
      const futures = [1, 2].map(() => cpu.submit(size, new Map(entries)));
      return [yield* futures[0]!, yield* futures[1]!];
    }, { workers: 1 }),
  ));
  assert.deepEqual(sized, [entries.length, entries.length]);
});

Deno.test("what waits behind a task that is slow for its kind gets a worker of its own", async () => {
  const task = inline((flag: SharedArrayBuffer | undefined) => {
    if (flag) Atomics.wait(new Int32Array(flag), 0, 0);
    return 1;
  });
  await run(cpuScope(function* (cpu) {
    // Known to be fast, on the only worker so far.
    for (let n = 0; n < 60; n++) yield* cpu.run(task, undefined);
    const flag = new SharedArrayBuffer(4);
    const slow = cpu.submit(task, flag);
    assert.equal(yield* cpu.run(task, undefined), 1);
    assert.equal(slow.status, "running");
    open(flag);
    yield* slow;
  }, { workers: 2 }));
});

Deno.test("an idle worker takes over what waits behind a task of some milliseconds", async () => {
  const task = inline((flag: SharedArrayBuffer | undefined) => {
    const cells = new Int32Array(flag ?? new SharedArrayBuffer(4));
    Atomics.wait(cells, 0, 0, flag ? 10_000 : 2);
    return flag !== undefined;
  });
  await run(cpuScope(function* (cpu) {
    yield* cpu.map(task, [undefined, undefined, undefined, undefined]);
    const flag = new SharedArrayBuffer(4);
    const slow = cpu.submit(task, flag);
    const others = yield* cpu.map(task, [undefined, undefined, undefined]);
    assert.deepEqual(others, [false, false, false]);
    assert.equal(slow.status, "running");
    open(flag);
    yield* slow;
  }, { workers: 2, min: 2 }));
});
