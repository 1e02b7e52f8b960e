import assert from "node:assert/strict";
import { run } from "../../src/core/mod.ts";
import { cpuScope, inline } from "../../src/cpu/mod.ts";
import { RingStore } from "../../src/cpu/pool/ring_store.ts";
import { spin, untilRunning } from "./support/cpu_tasks.ts";

Deno.test("RingStore hands the rings of the dead on, and words that nobody has touched", () => {
  const store = new RingStore();
  const first = store.take();
  new Int32Array(first.control).fill(7);

  store.giveBack(first);
  const second = store.take();
  const third = store.take();

  assert.equal(second.requests, first.requests);
  assert.equal(second.replies, first.replies);
  assert.notEqual(second.control, first.control);
  assert(new Int32Array(second.control).every((word) => word === 0));
  assert.notEqual(third.requests, first.requests);
});

Deno.test("RingStore keeps a few rings, and lets the others go", () => {
  const store = new RingStore();
  const all = Array.from({ length: 20 }, () => store.take());
  for (const memory of all) store.giveBack(memory);

  const again = Array.from({ length: 20 }, () => store.take().requests);
  const kept = all.filter(({ requests }) => again.includes(requests));

  assert.equal(kept.length, 8);
});

Deno.test("a worker on the rings of a killed one finds nothing of its tasks, and loses none", async () => {
  const echo = inline((text: string) => text.length);

  await run(cpuScope(function* (cpu) {
    for (let round = 0; round < 5; round++) {
      const texts = Array.from({ length: 300 }, (_, n) => "x".repeat(n * 3));
      const long = cpu.submit(spin);
      yield* untilRunning(cpu, 1);
      // They fill the ring of the worker that is killed, or wait behind it.
      const futures = texts.map((text) => cpu.submit(echo, text));
      long.cancel();
      const lengths: number[] = [];
      for (const future of futures) lengths.push(yield* future);
      assert.deepEqual(lengths, texts.map(({ length }) => length));
    }
    const { submitted, succeeded, cancelled, queued } = cpu.statistics();
    assert.deepEqual({ submitted, succeeded, cancelled, queued }, {
      submitted: 1505,
      succeeded: 1500,
      cancelled: 5,
      queued: 0,
    });
  }, { workers: 1, grace: 1 }));
});
