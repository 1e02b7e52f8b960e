import assert from "node:assert/strict";
import { reviveFailure } from "../../src/wire/revive_failure.ts";
import { Harness, type Reply } from "./support/worker_harness.ts";
import {
  handleOf,
  liveness,
  sharedChannel,
  sharedLock,
  sharedSemaphore,
} from "./support/shared_handles.ts";
import { until } from "./support/until.ts";

const shared = { shared: true };

Deno.test("workers that count under a shared lock lose nothing, whoever else they share", async () => {
  const { lock, handle } = sharedLock();
  const plain = new Int32Array(new SharedArrayBuffer(4));
  const counter = handleOf("counter", new SharedArrayBuffer(8));
  const array = handleOf("float64", new SharedArrayBuffer(8));
  const source = `(lock, plain, counter, deep) => {
    for (let i = 0; i < 2000; i++) {
      lock.withLock(() => { const seen = plain[0]; plain[0] = seen + 1; });
      counter.add(1);
      deep.array.add(0, 0.5);
    }
    return [counter.value >= 2000, lock.poisoned, deep.array.length];
  }`;
  await withWorkers(3, async (workers) => {
    const replies = await Promise.all(
      workers.map((worker) =>
        worker.inline(source, [handle, plain, counter, { array }], shared).reply
      ),
    );
    for (const reply of replies) {
      assert.deepEqual(valueOf(reply), [true, false, 1]);
    }
  });

  assert.equal(plain[0], 6000);
  assert.equal(new BigInt64Array(counter.$espalierShared.memory)[0], 6000n);
  assert.equal(new Float64Array(array.$espalierShared.memory)[0], 3000);
  assert.equal(lock.poisonedBy, undefined);
});

Deno.test("a worker killed while it holds a lock poisons it for the one that waits", async () => {
  const { lock, handle } = sharedLock();
  await withWorkers(2, async ([one, two]) => {
    const held = one!.inline("(lock) => { lock.acquire(); for (;;) {} }", [
      handle,
    ], shared);
    await until(() => lock.heldBy?.task === "task");
    const waits = two!.inline("(lock) => lock.acquire()", [handle], shared);
    await until(() => two!.link.activity === "running");
    await one!.stop();
    await held.reply;

    const error = errorOf(await waits.reply);
    assert.equal(error._tag, "Poisoned");
    assert.equal(error.primitive, "shared lock");
    assert.equal(error.worker, one!.id);
    assert.equal(error.task, "task");
    const again = await two!.inline(
      "(lock) => { try { lock.tryAcquire(); } catch (e) { return e.name; } }",
      [handle],
      shared,
    ).reply;
    assert.equal(valueOf(again), "Poisoned");
  });
  assert.equal(lock.clearPoison(), true);
});

Deno.test("a task stopped by its timeout, or that forgets to release, poisons its lock", async () => {
  await withWorkers(1, async ([worker]) => {
    const cut = sharedLock();
    const forgot = sharedLock();
    const fine = sharedLock();
    await worker!.inline(
      "(lock) => lock.withLock(() => { for (;;) {} })",
      [cut.handle],
      { ...shared, timeout: 20 },
    ).reply;
    await worker!.inline("(lock) => lock.acquire()", [forgot.handle], shared)
      .reply;
    await worker!.inline(
      "(lock) => lock.withLock(() => { throw new Error('released'); })",
      [fine.handle],
      shared,
    ).reply;

    assert.equal(cut.lock.poisonedBy?.worker, worker!.id);
    assert.equal(forgot.lock.poisonedBy?.worker, worker!.id);
    assert.equal(fine.lock.poisonedBy, undefined);
  });
});

Deno.test("a task stopped by its timeout while it holds a permit poisons the semaphore", async () => {
  await withWorkers(1, async ([worker]) => {
    const { semaphore, handle } = sharedSemaphore(3);
    await worker!.inline(
      "(semaphore) => semaphore.withPermit(() => { for (;;) {} })",
      [handle],
      { ...shared, timeout: 20 },
    ).reply;

    assert.deepEqual(semaphore.poisonedBy, {
      worker: worker!.id,
      task: "task",
    });
  });
});

Deno.test("a release by a task that does not hold the lock is refused", async () => {
  await withWorkers(1, async ([worker]) => {
    const { handle } = sharedLock();
    const error = errorOf(
      await worker!.inline("(lock) => lock.release()", [handle], shared).reply,
    );

    assert.equal(
      error.message,
      'Cannot release shared lock: "task" does not hold it',
    );
  });
});

Deno.test("a task that waits for a lock ends when it is cancelled", async () => {
  const { lock, handle } = sharedLock();
  lock.attempt({ worker: -1, task: "main" });
  await withWorkers(1, async ([worker]) => {
    const waits = worker!.inline("(lock) => lock.acquire()", [handle], shared);
    await until(() => worker!.link.activity === "running");
    worker!.link.cancel(waits.id);
    const ended = await waits.reply;

    assert("fault" in ended && ended.fault.why === "cancelled");
  });
  lock.release(-1);
});

Deno.test("a semaphore lets as many in as it has permits, and a kill poisons it", async () => {
  const { semaphore, handle } = sharedSemaphore(2);
  const inside = new Int32Array(new SharedArrayBuffer(8));
  const source = `(semaphore, inside) => {
    for (let i = 0; i < 300; i++) semaphore.withPermit(() => {
      const now = Atomics.add(inside, 0, 1) + 1;
      if (now > inside[1]) Atomics.store(inside, 1, now);
      for (let spin = 0; spin < 500; spin++) inside[0];
      Atomics.sub(inside, 0, 1);
    });
  }`;
  await withWorkers(3, async (workers) => {
    const replies = await Promise.all(
      workers.map((worker) =>
        worker.inline(source, [handle, inside], shared).reply
      ),
    );
    replies.forEach(valueOf);
    assert.equal(inside[0], 0);
    assert(inside[1]! <= 2, `${inside[1]} inside`);
    assert.equal(semaphore.value, 2);

    const [one, two] = workers;
    one!.inline("(s) => { s.acquire(); for (;;) {} }", [handle], shared);
    await until(() => semaphore.value === 1);
    await one!.stop();
    const error = errorOf(
      await two!.inline("(s) => s.acquire()", [handle], shared).reply,
    );
    assert.equal(error._tag, "Poisoned");
    assert.equal(error.worker, one!.id);
  });
});

Deno.test("a semaphore signals: permits that a task took and spent poison nothing", async () => {
  const { semaphore, handle } = sharedSemaphore(0);
  await withWorkers(2, async ([one, two]) => {
    const waits = one!.inline(
      "(s) => { for (let i = 0; i < 50; i++) s.acquire(); }",
      [
        handle,
      ],
      shared,
    );
    await two!.inline("(s) => { for (let i = 0; i < 50; i++) s.release(); }", [
      handle,
    ], shared).reply;
    valueOf(await waits.reply);
    one!.inline("() => { for (;;) {} }");
    await until(() => one!.link.activity === "running");
    await one!.stop();

    assert.equal(semaphore.poisonedBy, undefined);
    assert.equal(semaphore.value, 0);
  });
});

for (const capacity of [0, 1, 64]) {
  Deno.test(`a channel of capacity ${capacity} hands every item over once, in the order of each sender`, async () => {
    const { channel, handle } = sharedChannel(capacity);
    const count = capacity === 0 ? 200 : 1000;
    const send =
      "(channel, from, count) => { for (let i = 0; i < count; i++) channel.send({ from, i, pad: 'x'.repeat(i % 50) }); }";
    const receive =
      "(channel) => { const got = []; try { for (;;) got.push(channel.receive()); } catch (e) { if (e.name !== 'EndOfChannel') throw e; } return got.map(({ from, i }) => [from, i]); }";
    await withWorkers(4, async ([s1, s2, r1, r2]) => {
      const receivers = [r1, r2].map((worker) =>
        worker!.inline(receive, [handle], shared).reply
      );
      const senders = [s1, s2].map((worker, from) =>
        worker!.inline(send, [handle, from, count], shared).reply
      );
      (await Promise.all(senders)).forEach(valueOf);
      channel.close();
      const got = (await Promise.all(receivers)).map(valueOf) as [
        number,
        number,
      ][][];

      const all = got.flat().map(([from, i]) => from * count + i);
      assert.deepEqual(
        all.toSorted((a, b) => a - b),
        Array.from({ length: 2 * count }, (_, i) => i),
      );
      for (const list of got) {
        for (const sender of [0, 1]) {
          const own = list.filter(([from]) => from === sender);
          assert.deepEqual(own, own.toSorted((a, b) => a[1] - b[1]));
        }
      }
    });
  });
}

Deno.test("a channel refuses what cannot cross and what comes after its end", async () => {
  const { channel, handle } = sharedChannel(4);
  channel.close();
  await withWorkers(1, async ([worker]) => {
    const call = (source: string) =>
      worker!.inline(source, [handle], shared).reply;
    const late = errorOf(await call("(c) => c.send(1)"));
    const bad = errorOf(await call("(c) => c.send({ f: () => 1 })"));
    const end = errorOf(await call("(c) => c.receive()"));

    assert.equal(late._tag, "ChannelClosed");
    assert.equal(bad._tag, "NotSerializable");
    assert.equal(bad.path, "value.f");
    assert.equal(end._tag, "EndOfChannel");
  });
});

interface Told extends Error {
  readonly _tag: string;
  readonly primitive: string;
  readonly worker: number;
  readonly task: string;
  readonly path: string;
}

async function withWorkers(
  count: number,
  body: (workers: Harness[]) => Promise<void>,
): Promise<void> {
  const workers = Array.from(
    { length: count },
    () => new Harness({ liveness }),
  );
  try {
    await Promise.all(workers.map((worker) => worker.ready));
    await body(workers);
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
  }
}

function valueOf(reply: Reply): unknown {
  assert("value" in reply, Deno.inspect(reply));
  return reply.value;
}

function errorOf(reply: Reply): Told {
  assert("fault" in reply && "failure" in reply.fault, Deno.inspect(reply));
  return reviveFailure(reply.fault.failure!, () => undefined) as Told;
}
