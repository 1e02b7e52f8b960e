import assert from "node:assert/strict";
import {
  ArrayMemory,
  CounterMemory,
} from "../../src/cpu/shared/number_memory.ts";
import { Liveness, LOOP_ID } from "../../src/cpu/shared/liveness.ts";
import type { WaitPoint } from "../../src/cpu/shared/owner_mark.ts";
import { reviveShared } from "../../src/cpu/shared/handle.ts";
import {
  handleOf,
  liveness,
  sharedChannel,
  sharedLock,
  sharedSemaphore,
} from "./support/shared_handles.ts";

const loop = { worker: LOOP_ID, task: "main" };

Deno.test("Liveness gives every worker a number of its own, and frees the place of the dead", () => {
  const table = new Liveness();
  const ids = Array.from({ length: 1024 }, () => table.admit());

  assert.equal(new Set(ids).size, 1024);
  assert.throws(() => table.admit(), RangeError);
  table.bury(ids[3]!);
  table.bury(ids[3]!);
  const next = table.admit();

  assert.equal(table.deaths, 1);
  assert(!ids.includes(next));
  assert.equal(table.isAlive(ids[3]!), false);
  assert.equal(table.isAlive(next), true);
  assert.equal(new Liveness(table.memory).isAlive(next), true);
  assert.equal(table.isAlive(LOOP_ID), true);
});

Deno.test("a lock is held once, released by its holder only, and free again", () => {
  const { lock } = sharedLock();
  const one = { worker: liveness.admit(), task: "one" };
  const two = { worker: liveness.admit(), task: "two" };

  assert.equal(lock.attempt(one), "done");
  assert.equal(lock.attempt(two), "wait");
  assert.equal(lock.attempt(one), "wait");
  assert.equal(lock.release(two.worker), false);
  assert.equal(lock.release(one.worker), true);
  assert.equal(lock.attempt(two), "done");
  assert.equal(lock.poisonedBy, undefined);
});

Deno.test("a lock whose holder died is poisoned, says by whom, and can be cleared", () => {
  const { lock } = sharedLock();
  const dead = { worker: liveness.admit(), task: "transfer" };
  lock.attempt(dead);
  liveness.bury(dead.worker);

  assert.equal(lock.attempt(loop), "poisoned");
  assert.deepEqual(lock.poisonedBy, dead);
  assert.equal(lock.clearPoison(), true);
  assert.equal(lock.clearPoison(), false);
  assert.equal(lock.attempt(loop), "done");
});

Deno.test("a lock that a task leaves held is poisoned; one that it released is not", () => {
  const left = sharedLock().lock;
  const released = sharedLock().lock;
  const task = { worker: liveness.admit(), task: "forgetful" };
  left.attempt(task);
  released.attempt(task);
  released.release(task.worker);

  left.abandon(task.worker);
  released.abandon(task.worker);

  assert.deepEqual(left.poisonedBy, task);
  assert.equal(released.poisonedBy, undefined);
});

Deno.test("a semaphore counts, and a release need not follow an acquire", () => {
  const { semaphore } = sharedSemaphore(2);
  const task = { worker: liveness.admit(), task: "t" };

  const taken = [1, 2, 3].map(() => semaphore.attempt(task));
  semaphore.release(LOOP_ID);
  semaphore.release(LOOP_ID);
  semaphore.release(LOOP_ID);

  assert.deepEqual(taken, ["done", "done", "wait"]);
  assert.equal(semaphore.value, 3);
});

Deno.test("a semaphore is poisoned by the death of a worker that holds a permit, and by no other", () => {
  const { semaphore } = sharedSemaphore(3);
  const idle = { worker: liveness.admit(), task: "idle" };
  const spent = { worker: liveness.admit(), task: "spent" };
  const holds = { worker: liveness.admit(), task: "holds" };
  for (const task of [idle, spent, holds]) semaphore.attempt(task);
  semaphore.release(idle.worker);
  semaphore.forget(spent.worker);

  liveness.bury(idle.worker);
  liveness.bury(spent.worker);
  const before = semaphore.attempt(loop);
  liveness.bury(holds.worker);
  const after = semaphore.attempt(loop);

  assert.equal(before, "done");
  assert.equal(after, "poisoned");
  assert.deepEqual(semaphore.poisonedBy, holds);
});

Deno.test("a semaphore keeps more holders apart than its table has places near one another", () => {
  const { semaphore } = sharedSemaphore(500);
  const holders = Array.from({ length: 200 }, (_, index) => ({
    worker: liveness.admit(),
    task: `task ${index}`,
  }));
  for (const holder of holders) {
    assert.equal(semaphore.attempt(holder), "done");
  }
  for (const holder of holders) semaphore.release(holder.worker);
  for (const holder of holders) liveness.bury(holder.worker);

  assert.equal(semaphore.value, 500);
  assert.equal(semaphore.poisonedBy, undefined);
});

Deno.test("a channel keeps order and capacity, and ends after it was emptied", () => {
  const { channel } = sharedChannel(3);

  const sent = [1, "two", { three: [3] }, 4].map((it) =>
    channel.send(loop, it)
  );
  const got = [1, 2, 3].map(() => (channel.receive(loop), channel.takeValue()));
  const empty = channel.receive(loop);
  channel.send(loop, "last");
  channel.close();
  channel.close();

  assert.deepEqual(sent, ["done", "done", "done", "wait"]);
  assert.deepEqual(got, [1, "two", { three: [3] }]);
  assert.equal(empty, "wait");
  assert.equal(channel.send(loop, 1), "closed");
  assert.equal(channel.receive(loop), "done");
  assert.equal(channel.takeValue(), "last");
  assert.equal(channel.receive(loop), "closed");
});

Deno.test("a channel carries items of any size round and round its memory", () => {
  const { channel } = sharedChannel(1000);
  let sent = 0;
  let got = 0;
  for (let round = 0; round < 3000; round++) {
    const item = { n: sent, text: "x".repeat((round * 37) % 3000) };
    if (channel.send(loop, item) === "done") sent++;
    if (round % 3 !== 0 || channel.receive(loop) !== "done") continue;
    assert.equal((channel.takeValue() as { n: number }).n, got++);
  }
  while (channel.receive(loop) === "done") {
    assert.equal((channel.takeValue() as { n: number }).n, got++);
  }

  assert.equal(got, sent);
  assert(sent > 1000);
});

Deno.test("a channel serializes what is rich, and refuses what is too large", () => {
  const { channel } = sharedChannel(2);
  const rich = new Map([["when", new Date(7)]]);

  channel.send(loop, rich);
  channel.receive(loop);

  assert.deepEqual(channel.takeValue(), rich);
  assert.equal(channel.send(loop, "x".repeat(1 << 16)), "tooLarge");
});

Deno.test("a channel without room says whether the item was received", () => {
  const { channel } = sharedChannel(0);

  assert.equal(channel.send(loop, 1), "done");
  const item = channel.newest;
  assert.equal(channel.isReceived(item), false);
  assert.equal(channel.send(loop, 2), "wait");
  channel.receive(loop);

  assert.equal(channel.isReceived(item), true);
});

Deno.test("whoever waits at a primitive is woken by the move that lets it go on", async () => {
  const { lock } = sharedLock();
  const { semaphore } = sharedSemaphore(0);
  const { channel } = sharedChannel(1);
  const other = { worker: liveness.admit(), task: "other" };
  lock.attempt(other);

  const waits = [
    waiting(() => lock.attempt(loop), lock),
    waiting(() => semaphore.attempt(loop), semaphore),
    waiting(() => channel.receive(loop), channel),
  ];
  lock.release(other.worker);
  semaphore.release(other.worker);
  channel.send(loop, 1);
  waits.push(waiting(() => channel.send(loop, 2), channel));
  channel.receive(loop);

  assert.deepEqual(await Promise.all(waits), ["ok", "ok", "ok", "ok"]);
});

Deno.test("whoever waits for a lock is woken when it is found poisoned", async () => {
  const { lock } = sharedLock();
  const dead = { worker: liveness.admit(), task: "dead" };
  lock.attempt(dead);
  const wait = waiting(() => lock.attempt(loop), lock);
  liveness.bury(dead.worker);
  lock.attempt(loop);

  assert.equal(await wait, "ok");
});

/** Waits as either side does once an attempt has said so. */
function waiting(
  attempt: () => string,
  primitive: { readonly waitPoint: WaitPoint },
): string | Promise<string> {
  assert.equal(attempt(), "wait");
  const { words, word, seen, waiters } = primitive.waitPoint;
  Atomics.add(words, waiters, 1);
  return Atomics.waitAsync(words, word, seen, 5000).value;
}

Deno.test("a channel whose guard died with it is poisoned for the next to come", () => {
  const { channel, handle } = sharedChannel(1);
  const dead = liveness.admit();
  const guard = new Int32Array(handle.$espalierShared.memory);
  Atomics.store(guard, 0, dead);
  const waits = channel.send(loop, 1);
  liveness.bury(dead);

  assert.equal(waits, "wait");
  assert.equal(channel.receive(loop), "poisoned");
  assert.equal(channel.poisonedBy?.worker, dead);
});

Deno.test("CounterMemory adds whole numbers and refuses the rest", () => {
  const counter = new CounterMemory(new SharedArrayBuffer(8));
  counter.set(2 ** 40);
  counter.add(-1);

  assert.equal(counter.value, 2 ** 40 - 1);
  for (const bad of [0.5, NaN, Infinity, 2 ** 53]) {
    assert.throws(() => counter.add(bad), RangeError);
    assert.throws(() => counter.set(bad), RangeError);
  }
});

Deno.test("ArrayMemory adds in one step to whole and to real numbers, and knows its bounds", () => {
  const whole = new ArrayMemory("int32", new SharedArrayBuffer(12));
  const real = new ArrayMemory("float64", new SharedArrayBuffer(24));
  whole.set(2, 5);
  real.set(2, 0.5);

  assert.equal(whole.add(2, 3), 5);
  assert.equal(real.add(2, 0.25), 0.5);
  assert.equal(whole.get(2), 8);
  assert.equal(real.get(2), 0.75);
  assert.equal(real.length, 3);
  for (const array of [whole, real]) {
    for (const bad of [-1, 3, 0.5, NaN]) {
      assert.throws(() => array.get(bad), RangeError);
      assert.throws(() => array.set(bad, 1), RangeError);
      assert.throws(() => array.add(bad, 1), RangeError);
    }
  }
});

Deno.test("reviveShared() replaces handles wherever they are, the same one by the same object", () => {
  const lock = handleOf("lock", new SharedArrayBuffer(4));
  const value: Record<string, unknown> = {
    lock,
    list: [1, lock],
    map: new Map<unknown, unknown>([["lock", lock], [lock, "key"]]),
    set: new Set([lock, 2]),
  };
  value.self = value;
  const twin = { twin: true };

  const revived = reviveShared(value, () => twin) as typeof value;

  assert.equal(revived, value);
  assert.equal(revived.lock, twin);
  assert.deepEqual(revived.list, [1, twin]);
  assert.deepEqual(
    revived.map,
    new Map<unknown, unknown>([["lock", twin], [twin, "key"]]),
  );
  assert.deepEqual(revived.set, new Set([twin, 2]));
  assert.equal(revived.self, revived);
  assert.equal(reviveShared(lock, () => twin), twin);
  assert.equal(reviveShared(5, () => twin), 5);
});
