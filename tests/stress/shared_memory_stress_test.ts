// Workers that share memory, and one killed at a random moment, again and again.
// ESPALIER_STRESS=1000 makes as many rounds of each; the normal run is short.

import assert from "node:assert/strict";
import { Harness } from "../cpu/support/worker_harness.ts";
import {
  liveness,
  sharedChannel,
  sharedLock,
  sharedSemaphore,
} from "../cpu/support/shared_handles.ts";
import { pause, seeded, until } from "../cpu/support/until.ts";

const ROUNDS = Number(Deno.env.get("ESPALIER_STRESS") ?? 12);
const shared = { shared: true };

Deno.test("a kill inside a lock is always told, and outside it never", async () => {
  const random = seeded(1);
  const tally = { poisoned: 0, clean: 0 };
  // Two cells that the lock keeps equal; a third counts each entry.
  const source = `(lock, cells) => {
    for (;;) lock.withLock(() => {
      cells[0]++;
      for (let work = 0; work < 300; work++) cells[2] = work;
      cells[1]++;
    });
  }`;
  for (let round = 0; round < ROUNDS; round++) {
    const { lock, handle } = sharedLock();
    const cells = new Int32Array(new SharedArrayBuffer(12));
    await withWorkers(2, async (workers) => {
      const replies = workers.map((worker) =>
        worker.inline(source, [handle, cells], shared).reply
      );
      await until(() => cells[1]! > 50);
      await pause(random() * 5);
      const [victim, other] = workers;
      await victim!.stop();
      const poisoned = lock.poisonedBy;

      if (poisoned) {
        tally.poisoned++;
        assert.equal(poisoned.worker, victim!.id);
        const ended = await replies[1]!;
        assert("fault" in ended && ended.fault.why === "threw");
        assert.equal(ended.fault.failure.errors[0]!.name, "Poisoned");
      } else {
        tally.clean++;
        const before = cells[1]!;
        await until(() => cells[1]! > before + 50);
        await other!.stop();
        // The other was killed too, maybe inside: only then may they differ.
        if (!lock.poisonedBy) assert.equal(cells[0], cells[1]);
      }
    });
  }

  assert.equal(tally.poisoned + tally.clean, ROUNDS);
  assert(tally.poisoned > 0, "no kill met the lock held");
});

Deno.test("a kill never frees a permit twice, and a permit held is told", async () => {
  const random = seeded(2);
  const source = `(semaphore, inside) => {
    for (;;) semaphore.withPermit(() => {
      if (Atomics.add(inside, 0, 1) > 1) Atomics.store(inside, 1, 1);
      for (let work = 0; work < 200; work++) inside[2] = work;
      Atomics.sub(inside, 0, 1);
    });
  }`;
  for (let round = 0; round < ROUNDS; round++) {
    const { semaphore, handle } = sharedSemaphore(2);
    const inside = new Int32Array(new SharedArrayBuffer(12));
    await withWorkers(3, async (workers) => {
      for (const worker of workers) {
        worker.inline(source, [handle, inside], shared);
      }
      await until(() =>
        workers.every(({ link }) => link.activity === "running")
      );
      await pause(random() * 8);
      await workers[0]!.stop();

      assert.equal(inside[1], 0, "three inside");
      const by = semaphore.poisonedBy;
      if (by) assert.equal(by.worker, workers[0]!.id);
      else assert(semaphore.value <= 2);
    });
  }
});

Deno.test("a kill loses no item that was sent and delivers none twice, or poisons the channel", async () => {
  const random = seeded(3);
  const send =
    "(channel) => { for (let i = 0;; i++) channel.send({ i, pad: 'x'.repeat(i % 40) }); }";
  const receive = `(channel, seen) => {
    let last = -1;
    for (;;) {
      const { i } = channel.receive();
      if (i !== last + 1) throw new Error("lost or doubled: " + last + " then " + i);
      Atomics.store(seen, 0, last = i);
    }
  }`;
  for (let round = 0; round < ROUNDS; round++) {
    const { channel, handle } = sharedChannel(round % 3 === 0 ? 1 : 16);
    const seen = new Int32Array(new SharedArrayBuffer(4));
    await withWorkers(2, async ([sender, receiver]) => {
      sender!.inline(send, [handle], shared);
      const ended = receiver!.inline(receive, [handle, seen], shared).reply;
      await until(() => seen[0]! > 20);
      await pause(random() * 5);
      await sender!.stop();
      const poisoned = channel.poisonedBy;
      channel.close();
      const reply = await ended;

      assert("fault" in reply && reply.fault.why === "threw");
      const [error] = reply.fault.failure.errors;
      assert.equal(error!.name, poisoned ? "Poisoned" : "EndOfChannel");
      if (poisoned) assert.equal(poisoned.worker, sender!.id);
    });
  }
});

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
