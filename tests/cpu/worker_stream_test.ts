import assert from "node:assert/strict";
import { type Harness, withWorker } from "./support/worker_harness.ts";
import { pause, until } from "./support/until.ts";

const COUNT = "function* (n) { for (let i = 0; i < n; i++) yield i; }";
const COUNT_LATER =
  "async function* (n) { for (let i = 0; i < n; i++) { await null; yield i; } }";

for (const [kind, source] of Object.entries({ COUNT, COUNT_LATER })) {
  Deno.test(`a stream sends what its generator makes, in order (${kind})`, async () => {
    await withWorker(async (worker) => {
      regrant(worker, 8);
      const { reply } = worker.stream(source, [1000], { credit: 8 });

      assert.deepEqual(await reply, { value: "ended", progress: undefined });
      assert.deepEqual(
        worker.items.map(({ value }) => value),
        Array.from({ length: 1000 }, (_, i) => i),
      );
    });
  });

  Deno.test(`a stream makes no more than its reader has granted (${kind})`, async () => {
    await withWorker(async (worker) => {
      const made = new Int32Array(new SharedArrayBuffer(4));
      const counting = source.replace(
        "yield i",
        "Atomics.add(made, 0, 1), yield i",
      )
        .replace("(n)", "(n, made)");
      const { id, reply } = worker.stream(counting, [1e9, made], { credit: 5 });
      await until(() => worker.items.length === 5);
      await stillness();
      const first = made[0];
      worker.link.grant(3);
      await until(() => worker.items.length === 8);
      await stillness();

      assert.equal(first, 5);
      assert.equal(made[0], 8);
      worker.link.leave(id);
      assert.deepEqual(await reply, { value: "ended", progress: undefined });
    });
  });

  Deno.test(`a reader that leaves makes the generator return, its finally included (${kind})`, async () => {
    await withWorker(async (worker) => {
      const cleaned = new Int32Array(new SharedArrayBuffer(4));
      const cleaning = source
        .replace("{ for", "{ try { for")
        .replace("(n)", "(n, cleaned)")
        .replace(/ }$/, " } finally { Atomics.add(cleaned, 0, 1); } }");
      const { id, reply } = worker.stream(cleaning, [1e9, cleaned], {
        credit: 2,
      });
      await until(() => worker.items.length === 2);
      worker.link.leave(id);
      await reply;
      const next = await worker.inline("() => 'next'").reply;

      assert.equal(cleaned[0], 1);
      assert.deepEqual(next, { value: "next", progress: undefined });
    });
  });

  Deno.test(`a cancelled stream cleans up and says that it was cancelled (${kind})`, async () => {
    await withWorker(async (worker) => {
      const { id, reply } = worker.stream(source, [1e9], { credit: 2 });
      await until(() => worker.items.length === 2);
      worker.link.cancel(id);
      const ended = await reply;

      assert("fault" in ended && ended.fault.why === "cancelled");
    });
  });
}

Deno.test("a stream that throws fails after the items that it made", async () => {
  await withWorker(async (worker) => {
    const { reply } = worker.stream(
      "function* () { yield 1; yield 2; throw new RangeError('three'); }",
      [],
      { credit: 9 },
    );
    const ended = await reply;

    assert("fault" in ended && ended.fault.why === "threw");
    assert.equal(worker.items.length, 2);
  });
});

Deno.test("a stream whose item cannot cross fails, and its generator is closed", async () => {
  await withWorker(async (worker) => {
    const closed = new Int32Array(new SharedArrayBuffer(4));
    const { reply } = worker.stream(
      "function* (closed) { try { yield 1; yield { bad: () => 1 }; yield 3; } finally { closed[0] = 1; } }",
      [closed],
      { credit: 9 },
    );
    const ended = await reply;

    assert("fault" in ended && ended.fault.why === "unsendable");
    assert.equal(ended.fault.path, "item.bad");
    assert.equal(worker.items.length, 1);
    assert.equal(closed[0], 1);
  });
});

Deno.test("large and moved items cross in order and weigh more", async () => {
  await withWorker(async (worker) => {
    const { reply } = worker.stream(
      "function* () { yield 1; yield new Float64Array(1e5); yield new Map([[1, 2]]); yield 4; }",
      [],
      { credit: 99 },
    );
    await reply;

    assert.deepEqual(worker.items.map(({ weight }) => weight), [1, 16, 1, 1]);
    assert.equal((worker.items[1]!.value as Float64Array).length, 1e5);
    assert.deepEqual(worker.items[2]!.value, new Map([[1, 2]]));
  });
});

Deno.test("a stream obeys its timeout inside a step and between steps", async () => {
  await withWorker(async (worker) => {
    const inside = await worker.stream(
      "function* () { yield 1; for (;;) {} }",
      [],
      { credit: 9, timeout: 30 },
    ).reply;
    const later = await worker.stream(
      "async function* () { yield 1; await new Promise((r) => setTimeout(r, 60)); yield 2; }",
      [],
      { credit: 9, timeout: 30 },
    ).reply;
    const next = await worker.inline("() => 'next'").reply;

    for (const ended of [inside, later]) {
      assert("fault" in ended && ended.fault.why === "deadline");
    }
    assert.deepEqual(next, { value: "next", progress: undefined });
  });
});

Deno.test("a task that is streamed and makes no generator fails", async () => {
  await withWorker(async (worker) => {
    const ended = await worker.stream("() => 5", [], { credit: 1 }).reply;

    assert("fault" in ended && ended.fault.why === "threw");
  });
});

/** Grants again what was taken, half a window at a time. */
function regrant(worker: Harness, window: number): void {
  let taken = 0;
  worker.onItem = (_, weight) => {
    taken += weight;
    if (taken < window / 2) return;
    worker.link.grant(taken);
    taken = 0;
  };
}

/** Long enough for a worker that is going on to show it. */
function stillness(): Promise<void> {
  return pause(15);
}
