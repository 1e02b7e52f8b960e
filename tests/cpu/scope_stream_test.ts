import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import { run, sleep } from "../../src/core/mod.ts";
import { cpuScope, inline, TaskFailed } from "../../src/cpu/mod.ts";
import { square } from "./support/cpu_tasks.ts";

const count = inline(function* (to: number, flag?: SharedArrayBuffer) {
  const cells = flag && new Int32Array(flag);
  try {
    for (let n = 0; n < to; n++) {
      if (cells) Atomics.store(cells, 0, n);
      yield n;
    }
  } finally {
    if (cells) Atomics.store(cells, 1, 1);
  }
});

Deno.test("stream() brings every item in order, with back-pressure, and ends", async () => {
  await run(cpuScope(function* (cpu) {
    const seen: number[] = [];
    const flag = new SharedArrayBuffer(8);
    const cells = new Int32Array(flag);
    yield* Effect.scoped(Effect.gen(function* () {
      const numbers = yield* cpu.stream(count, 5000, flag);
      seen.push(yield* numbers.receive);
      yield* sleep(30);
      assert(cells[0]! < 1200, `it ran ahead to ${cells[0]}`);
      yield* numbers.forEach((n) => Effect.sync(() => seen.push(n)));
    }));
    assert.deepEqual(seen, Array.from({ length: 5000 }, (_, n) => n));
    assert.equal(cells[1], 1);
    const { succeeded, queued, running } = cpu.statistics();
    assert.deepEqual([succeeded, queued, running], [1, 0, 0]);
  }, { workers: 1 }));
});

Deno.test("stream() left early returns the generator, and keeps the worker", async () => {
  await run(cpuScope(function* (cpu) {
    const flag = new SharedArrayBuffer(8);
    yield* Effect.scoped(Effect.gen(function* () {
      const numbers = yield* cpu.stream(count, 1e9, flag);
      assert.equal(yield* numbers.receive, 0);
    }));
    assert.equal(new Int32Array(flag)[1], 1);
    assert.equal(yield* cpu.run(square, 3), 9);
    const { finished, exited, killed } = cpu.statistics().stopped;
    assert.deepEqual([finished, exited, killed], [2, 0, 0]);
  }, { workers: 1, grace: 10_000 }));
});

Deno.test("stream() of a generator that does not come back is stopped", async () => {
  const stuck = inline(function* (flag: Int32Array) {
    yield 1;
    for (flag[0] = 1;;);
  });
  const flag = new Int32Array(new SharedArrayBuffer(4));
  await run(cpuScope(function* (cpu) {
    yield* Effect.scoped(Effect.gen(function* () {
      const numbers = yield* cpu.stream(stuck, flag);
      assert.equal(yield* numbers.receive, 1);
      while (flag[0] === 0) yield* sleep(1);
    }));
    const { killed, leaked } = cpu.statistics().stopped;
    assert.deepEqual([killed, leaked], [1, 0]);
    assert.equal(yield* cpu.run(square, 3), 9);
  }, { workers: 1, grace: 5 }));
});

Deno.test("stream() fails behind what was made before", async () => {
  const breaks = inline(async function* () {
    yield "one";
    await Promise.resolve();
    yield "two";
    throw new Error("three");
  });
  await run(cpuScope(function* (cpu) {
    const seen: string[] = [];
    const error = yield* Effect.flip(Effect.scoped(Effect.gen(function* () {
      const words = yield* cpu.stream(breaks);
      yield* words.forEach((word) => Effect.sync(() => seen.push(word)));
    })));
    assert(error instanceof TaskFailed);
    assert.deepEqual(seen, ["one", "two"]);
  }, { workers: 1 }));
});

Deno.test("stream() of what cannot cross fails by its first receive", async () => {
  const take = inline(function* (_: unknown) {
    yield 1;
  });
  await run(cpuScope(function* (cpu) {
    const error = yield* Effect.flip(Effect.scoped(Effect.gen(function* () {
      const items = yield* cpu.stream(take, Symbol("no") as never);
      return yield* items.receive;
    })));
    assert.equal(error._tag, "NotSerializable");
  }, { workers: 1 }));
});

Deno.test("a scope that is left with a stream open ends it", async () => {
  const start = performance.now();
  await run(cpuScope(function* (cpu) {
    yield* Effect.scoped(Effect.gen(function* () {
      const [one, two] = [
        yield* cpu.stream(count, 1e9),
        yield* cpu.stream(count, 1e9),
      ];
      yield* one.receive;
      assert(two);
    }));
    assert.equal(cpu.statistics().running, 0);
  }, { workers: 1, grace: 1000 }));
  assert(performance.now() - start < 5000);
});
