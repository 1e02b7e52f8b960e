// What a scope does with what is too much, too long or not there.

import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import { run, runExit, sleep } from "../../src/core/mod.ts";
import {
  cpuScope,
  inline,
  NotSerializable,
  SharedCounter,
  type TaskContext,
  TaskNotFound,
  WorkerCrashed,
  workerModule,
  WorkerOutOfMemory,
} from "../../src/cpu/mod.ts";
import type { SharedCounter as Twin } from "../../src/cpu/worker/mod.ts";
import { spin, square, untilRunning } from "./support/cpu_tasks.ts";

const length = inline((items: readonly unknown[]) => items.length);
/** Ends its thread as soon as it is loaded. */
const exitsAtLoad = workerModule<{ task(): number }>(
  "data:text/javascript,Deno.exit(6); export const task = () => 1;",
).task;

Deno.test("an argument that is more than the heap can take is WorkerOutOfMemory; what waited behind it runs", async () => {
  await run(cpuScope(function* (cpu) {
    const many = Array.from({ length: 500_000 }, (_, n) => ({ n }));
    const large = cpu.submit(length, many);
    const behind = [1, 2, 3].map((n) => cpu.submit(square, n));

    const error = yield* Effect.flip(large);
    assert(error instanceof WorkerOutOfMemory);
    const squares: number[] = [];
    for (const future of behind) squares.push(yield* future);
    assert.deepEqual(squares, [1, 4, 9]);
  }, { workers: 1, memoryLimit: 16 }));
});

Deno.test("an argument that is on its way for long does no harm to a worker with a memory limit", async () => {
  await run(cpuScope(function* (cpu) {
    const many = Array.from({ length: 20_000 }, (_, n) => ({ n }));
    for (let round = 0; round < 5; round++) {
      assert.equal(yield* cpu.run(length, many), 20_000);
    }
    assert.equal(cpu.statistics().failed, 0);
  }, { workers: 1, memoryLimit: 200 }));
});

Deno.test("a thread that ends as soon as it is warm is not started for ever", async () => {
  await run(cpuScope(function* (cpu) {
    const crashed = yield* Effect.flip(cpu.run(square, 2));
    assert(crashed instanceof WorkerCrashed);
    assert.equal(crashed.exitCode, 6);
    // Time for many more starts, if there were any.
    yield* sleep(400);
    const { spawned } = cpu.statistics();
    assert(spawned <= 6, `${spawned} threads were started`);
  }, { workers: 1, min: 1, warm: [exitsAtLoad] }));
});

Deno.test("min is kept up where tasks, not starts, take workers down", async () => {
  const exits = inline(() => Deno.exit(1));
  await run(cpuScope(function* (cpu) {
    for (let round = 0; round < 5; round++) {
      assert.equal(yield* cpu.run(square, 2), 4);
      const error = yield* Effect.flip(cpu.run(exits));
      assert(error instanceof WorkerCrashed);
    }
    const start = performance.now();
    while (cpu.statistics().workers.length === 0) {
      assert(performance.now() - start < 20_000, "no worker is started");
      yield* sleep(5);
    }
  }, { workers: 1, min: 1 }));
});

Deno.test("a timeout or a grace that no timer can wait for is none", async () => {
  const polls = inline(function (this: TaskContext) {
    while (!this.cancelRequested());
  });
  const naps = inline(async () => {
    await new Promise((done) => setTimeout(done, 20));
    return "rested";
  });
  await run(cpuScope(function* (cpu) {
    for (const timeout of [Infinity, 2 ** 40, 2 ** 31]) {
      assert.equal(yield* cpu.run(square.with({ timeout }), 3), 9);
      assert.equal(yield* cpu.run(naps.with({ timeout })), "rested");
    }
    const future = cpu.submit(polls);
    yield* untilRunning(cpu, 1);
    future.cancel();
    assert.equal((yield* future.outcome)._tag, "Cancelled");
    assert.notEqual(future.stopped, "killed");
  }, { workers: 1, grace: Infinity }));
});

Deno.test("a task that is cut off at its timeout, or heeds it, is told as cooperative", async () => {
  const heeds = inline(function (this: TaskContext) {
    return new Promise((_, reject) => {
      this.signal.addEventListener("abort", () => reject(this.signal.reason));
    });
  });
  await run(cpuScope(function* (cpu) {
    for (const task of [spin, heeds]) {
      const future = cpu.submit(task.with({ timeout: 20 }));
      assert.equal((yield* Effect.flip(future))._tag, "DeadlineExceeded");
      assert.equal(future.stopped, "cooperative");
    }
    const { cooperative, killed, exited } = cpu.statistics().stopped;
    assert.deepEqual([cooperative, killed, exited], [2, 0, 0]);
  }, { workers: 1, grace: 5000 }));
});

Deno.test("what was handed over by mistake is told in words", async () => {
  const module = workerModule<Record<string, never>>("data:text/javascript,");
  const broken = workerModule<{ f(): void }>(
    `data:text/javascript,throw new Error("no such stock")`,
  );
  const generator = inline(function* () {
    yield 1;
  });
  const failures: string[] = [];
  for (const given of [module, 5, undefined, square.with]) {
    const exit = await runExit(cpuScope((cpu) => cpu.run(given as never)));
    assert(exit._tag === "Failure");
    const [reason] = exit.cause.reasons;
    assert(reason?._tag === "Die");
    failures.push((reason.defect as Error).message);
  }
  await run(cpuScope(function* (cpu) {
    const ran = yield* Effect.flip(cpu.run(generator as never));
    const lacking = yield* Effect.flip(cpu.run(broken.f));
    assert(lacking instanceof TaskNotFound);
    failures.push(ran.message, lacking.message.split(": ").slice(1).join(": "));
  }));

  const refused = "Cannot run a task: it is not one: received ";
  assert.deepEqual(failures, [
    refused + "an object",
    refused + "5",
    refused + "undefined",
    "Cannot run a function on a worker: make a task of it by `inline` or `workerModule`",
    "Cannot send result to another thread: it is a generator, which only `stream` carries",
    "its code failed: no such stock",
  ]);
});

Deno.test("a worker's end of shared memory cannot be sent to the loop, which has its own", async () => {
  const kind = "it is a worker's end of shared memory: the loop has its own";
  const gives = inline((counter: Twin) => ({ deep: [counter] }));
  const makes = inline(function* (counter: Twin) {
    yield counter;
  });
  const asks = inline(async function (this: TaskContext, counter: Twin) {
    return await this.callHost("f", counter);
  });
  const counter = new SharedCounter(1);
  await run(cpuScope(function* (cpu) {
    const one = yield* Effect.flip(cpu.run(gives, counter));
    assert.equal(
      one.message,
      `Cannot send result.deep[0] to another thread: ${kind}`,
    );
    const two = yield* Effect.flip(Effect.scoped(Effect.flatMap(
      cpu.stream(makes, counter),
      (channel) => channel.receive,
    )));
    assert(two instanceof NotSerializable && two.message.endsWith(kind));
    const host = { f: () => 1 };
    const three = yield* Effect.flip(cpu.run(asks.with({ host }), counter));
    assert(three.message.endsWith(kind), three.message);
  }, { workers: 1 }));
});
