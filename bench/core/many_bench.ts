// What do very many cost: heap for a child that waits, time to cancel 100,000
// children, and 10,000 deadlines at once?
//
//     deno run --v8-flags=--expose-gc --lock=bench/deno.lock bench/core/many_bench.ts

import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import { moveOnAfter, nursery, run, sleep, sleepForever } from "espalier";
import { heapInUse, note, table } from "../harness.ts";
import { keepOpen } from "./_kept_open.ts";

const WAITING = 100_000;
const DEADLINES = 10_000;
const close = keepOpen();

await table(`heap per waiting child, of ${WAITING}`, [
  { name: "Promise", measure: promiseHeap },
  { name: "Effect.forkChild", measure: fiberHeap },
  { name: "nursery.startSoon", measure: nurseryHeap },
], { unit: "bytes", rounds: 2 });

await table(`cancel ${WAITING} waiting children`, [
  { name: "Effect.forkChild + interruptAll", measure: interruptFibers },
  {
    name: "nursery, of Effect.never",
    measure: () => cancelNursery(Effect.never),
  },
  {
    name: "nursery, of sleepForever",
    measure: () => cancelNursery(sleepForever),
  },
], { rounds: 3 });

await table(`${DEADLINES} waits with a live deadline of 10 s each`, [
  { name: "no deadline", ops: DEADLINES, run: () => withDeadlines((e) => e) },
  {
    name: "moveOnAfter",
    ops: DEADLINES,
    run: () => withDeadlines((e) => moveOnAfter("10 seconds", e)),
  },
  {
    name: "Effect.timeout",
    ops: DEADLINES,
    run: () => withDeadlines((e) => Effect.timeout(e, "10 seconds")),
  },
], { rounds: 3 });
close();
note(
  "The last table is per wait: a nursery of ten thousand tasks, each of which waits 5 ms under its deadline.",
);

async function promiseHeap(): Promise<number> {
  const before = heapInUse();
  const waits = Array.from({ length: WAITING }, async () => {
    await new Promise(() => {});
  });
  const heap = (heapInUse() - before) / waits.length;
  return await Promise.resolve(heap);
}

async function fiberHeap(): Promise<number> {
  return await Effect.runPromise(Effect.gen(function* () {
    const before = heapInUse();
    const fibers: Array<Fiber.Fiber<never>> = [];
    for (let i = 0; i < WAITING; i++) {
      fibers.push(
        yield* Effect.forkChild(Effect.never, { startImmediately: true }),
      );
    }
    const heap = (heapInUse() - before) / fibers.length;
    yield* Fiber.interruptAll(fibers);
    return heap;
  }));
}

async function nurseryHeap(): Promise<number> {
  let heap = 0;
  await run(nursery(function* (n) {
    const before = heapInUse();
    for (let i = 0; i < WAITING; i++) n.startSoon(Effect.never);
    yield* sleep(20);
    heap = (heapInUse() - before) / WAITING;
    n.cancelScope.cancel();
  }));
  return heap;
}

async function interruptFibers(): Promise<number> {
  return await Effect.runPromise(Effect.gen(function* () {
    const fibers: Array<Fiber.Fiber<never>> = [];
    for (let i = 0; i < WAITING; i++) {
      fibers.push(
        yield* Effect.forkChild(Effect.never, { startImmediately: true }),
      );
    }
    const start = performance.now();
    yield* Fiber.interruptAll(fibers);
    return (performance.now() - start) * 1e6;
  }));
}

async function cancelNursery(child: Effect.Effect<never>): Promise<number> {
  let start = 0;
  await run(nursery(function* (n) {
    for (let i = 0; i < WAITING; i++) n.startSoon(child);
    yield* sleep(20);
    start = performance.now();
    n.cancelScope.cancel();
  }));
  return (performance.now() - start) * 1e6;
}

function withDeadlines(
  guard: (wait: Effect.Effect<void>) => Effect.Effect<unknown, unknown>,
): Promise<void> {
  const guarded = Effect.orDie(guard(sleep(5)));
  return run(nursery(function* (n) {
    for (let i = 0; i < DEADLINES; i++) n.startSoon(guarded);
    yield* Effect.void;
  }));
}
