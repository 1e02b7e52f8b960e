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
import {
  cpuScope,
  inline,
  Poisoned,
  SharedArray,
  SharedChannel,
  SharedCounter,
  SharedLock,
  SharedSemaphore,
} from "../../src/cpu/mod.ts";
import type * as Twin from "../../src/cpu/worker/mod.ts";
import { untilRunning } from "./support/cpu_tasks.ts";

const bump = inline(
  (times: number, lock: Twin.SharedLock, cell: Twin.SharedArray) => {
    for (let n = 0; n < times; n++) {
      lock.withLock(() => cell.set(0, cell.get(0) + 1));
    }
  },
);
const holdForEver = inline((lock: Twin.SharedLock) => {
  lock.acquire();
  for (;;);
});

Deno.test("SharedLock keeps the loop and two workers apart", async () => {
  const lock = new SharedLock();
  const cell = new SharedArray("int32", 1);
  await run(cpuScope(function* (cpu) {
    const others = [1, 2].map(() => cpu.submit(bump, 2000, lock, cell));
    for (let n = 0; n < 300; n++) {
      yield* lock.withLock(function* () {
        const before = cell.get(0);
        yield* Effect.void;
        cell.set(0, before + 1);
      });
    }
    for (const other of others) yield* other;
  }, { workers: 2 }));
  assert.equal(cell.get(0), 4300);
});

Deno.test("SharedLock.acquire waits without blocking the loop, can be cancelled, and is poisoned by a killed holder", async () => {
  const lock = new SharedLock();
  await run(cpuScope(function* (cpu) {
    const holder = cpu.submit(holdForEver.with({ name: "hog" }), lock);
    yield* untilRunning(cpu, 1);
    while (lock.tryAcquire()) {
      lock.release();
      yield* sleep(1);
    }
    assert(Option.isNone(yield* moveOnAfter(5, lock.acquire)));
    const waiting = yield* nursery(function* (n: Nursery<Poisoned>) {
      const wait = n.startSoon(Effect.flip(lock.acquire) as never);
      yield* sleep(5);
      holder.cancel();
      return yield* (wait as never as Effect.Effect<Poisoned>);
    });
    assert(waiting instanceof Poisoned);
    assert.equal(waiting.task, "hog");
    assert(lock.poisoned);
    assert.throws(() => lock.tryAcquire(), Poisoned);
    lock.clearPoison();
    yield* lock.withLock(Effect.void);
    assert.equal(lock.poisoned, false);
    yield* holder.outcome;
  }, { workers: 1, grace: 1 }));
});

Deno.test("SharedLock.release() of a lock that the loop does not hold is refused", () => {
  assert.throws(() => new SharedLock().release(), /the loop does not hold it/);
});

Deno.test("SharedSemaphore lets so many in, and the loop waits for a permit", async () => {
  const semaphore = new SharedSemaphore(1);
  const take = inline((permits: Twin.SharedSemaphore, ms: number) =>
    permits.withPermit(() =>
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
    )
  );
  await run(cpuScope(function* (cpu) {
    const other = cpu.submit(take, semaphore, 40);
    yield* untilRunning(cpu, 1);
    while (semaphore.value === 1) yield* sleep(1);
    yield* semaphore.acquire;
    assert.equal(semaphore.value, 0);
    semaphore.release();
    yield* other;
    assert.equal(semaphore.value, 1);
  }, { workers: 1 }));
  assert.throws(() => new SharedSemaphore(-1), RangeError);
});

Deno.test("SharedChannel carries both ways, waits at both ends, and ends", async () => {
  for (const capacity of [0, 1, 16]) {
    const there = new SharedChannel<number>(capacity);
    const back = new SharedChannel<string>(capacity);
    const echo = inline(
      (from: Twin.SharedChannel<number>, to: Twin.SharedChannel<string>) => {
        try {
          for (;;) to.send(`#${from.receive()}`);
        } catch (error) {
          if ((error as Error).name !== "EndOfChannel") throw error;
        } finally {
          to.close();
        }
      },
    );
    await run(cpuScope(function* (cpu) {
      const worker = cpu.submit(echo, there, back);
      const heard: string[] = [];
      for (let n = 0; n < 50; n++) {
        yield* there.send(n);
        heard.push(yield* back.receive);
      }
      there.close();
      const end = yield* Effect.flip(back.receive);
      assert.equal(end._tag, "EndOfChannel");
      const closed = yield* Effect.flip(there.send(1));
      assert.equal(closed._tag, "ChannelClosed");
      yield* worker;
      assert.deepEqual(heard, Array.from({ length: 50 }, (_, n) => `#${n}`));
    }, { workers: 1 }));
  }
});

Deno.test("SharedCounter and SharedArray add in one step, and refuse what does not fit", async () => {
  const counter = new SharedCounter(5);
  const cells = new SharedArray("float64", 2);
  const add = inline((one: Twin.SharedCounter, many: Twin.SharedArray) => {
    for (let n = 0; n < 1000; n++) {
      one.add(1);
      many.add(1, 0.5);
    }
    return one.add(0);
  });
  await run(cpuScope(
    (cpu) => Effect.all([1, 2].map(() => cpu.run(add, counter, cells))),
    { workers: 2 },
  ));
  assert.equal(counter.value, 2005);
  assert.equal(counter.add(1), 2005);
  assert.equal(cells.get(1), 1000);
  assert.equal(cells.length, 2);
  assert.throws(() => new SharedCounter(0.5), RangeError);
  assert.throws(() => cells.get(2), RangeError);
  assert.throws(() => new SharedArray("float64", -1), RangeError);
  assert.throws(() => new SharedArray("float32" as "int32", 1), RangeError);
});
