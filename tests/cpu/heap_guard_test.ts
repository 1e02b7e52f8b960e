import assert from "node:assert/strict";
import { WorkerOutOfMemory } from "../../src/cpu/mod.ts";
import { HeapGuard, type Held } from "../../src/cpu/pool/heap_guard.ts";
import type { Job } from "../../src/cpu/pool/job.ts";
import type { PoolWorker } from "../../src/cpu/pool/pool_worker.ts";

// That such a loop is told in the end was seen by hand: it takes gigabytes.

const GiB = 2 ** 30;

Deno.test("HeapGuard stops the task under which the process outgrew all limits, once", () => {
  const { guard, held, worker, stopped } = setUp();
  guard.look();
  held.rss = 1.2 * GiB;
  guard.look();
  assert.deepEqual(stopped, []);

  held.rss = 1.6 * GiB;
  guard.look();
  guard.look();
  assert.deepEqual(stopped, [worker.running]);
  const { stopError, isUnwanted } = worker.running!;
  assert(stopError instanceof WorkerOutOfMemory);
  assert.equal(stopError.limit, 64);
  assert.equal(isUnwanted, true);
});

Deno.test("HeapGuard counts from when it first saw the task, and not what is the loop's", () => {
  const { guard, held, worker, stopped } = setUp();
  held.rss = 9 * GiB;
  guard.look();
  held.rss = 12 * GiB;
  held.heapTotal = 2 * GiB;
  held.external = 1 * GiB;
  guard.look();
  assert.deepEqual(stopped, []);

  worker.running = job();
  held.rss = 20 * GiB;
  guard.look();
  assert.deepEqual(stopped, []);
  held.rss = 22 * GiB;
  guard.look();
  assert.deepEqual(stopped, [worker.running]);
});

Deno.test("HeapGuard leaves alone a task that waits, one that is to end, and all once a thread has leaked", () => {
  for (const spare of ["waits", "unwanted", "leaked"]) {
    const { guard, held, worker, leaked, stopped } = setUp();
    guard.look();
    if (spare === "waits") worker.inFlight.isInStep = false;
    if (spare === "unwanted") worker.running!.isUnwanted = true;
    if (spare === "leaked") leaked.push({} as PoolWorker);
    held.rss = 30 * GiB;
    guard.look();

    assert.deepEqual(stopped, [], spare);
  }
});

Deno.test("HeapGuard looks at nothing where there is no limit, and stops looking when nothing runs", () => {
  const { worker, crew } = setUp();
  const none = new HeapGuard(crew, undefined);
  none.start();
  const some = new HeapGuard(crew, 64);
  some.start();
  worker.inFlight.size = 0;
  worker.running = undefined;
  some.look();
  // A timer that is left would be told by the sanitizer of this test.
});

function setUp() {
  const stopped: unknown[] = [];
  const worker = {
    running: job() as Job | undefined,
    inFlight: { isInStep: true, size: 1 },
    cancel: (job: Job) => void stopped.push(job),
  };
  const leaked: PoolWorker[] = [];
  const slots = [
    { worker: undefined },
    { worker: worker as unknown as PoolWorker },
  ];
  const crew = { slots, leaked };
  const held = { rss: GiB / 4, heapTotal: 0, external: 0 };
  const guard = new HeapGuard(crew, 64, (): Held => held);
  return { guard, held, worker, leaked, stopped, crew };
}

function job(): Job {
  const task = { name: "fill" };
  return { task, isUnwanted: false, stopError: undefined } as unknown as Job;
}
