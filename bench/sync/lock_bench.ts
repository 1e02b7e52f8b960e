// What does taking turns cost, where nobody else wants to, and where a hundred
// tasks want to at once?
//
//     deno run --lock=bench/deno.lock bench/sync/lock_bench.ts

import { Mutex } from "npm:async-mutex@0.5.0";
import * as Effect from "effect/Effect";
import * as EffectSemaphore from "effect/Semaphore";
import { checkpoint, Lock, nursery, run, RwLock, Semaphore } from "espalier";
import { CapacityLimiter } from "espalier/sync";
import { note, type Row, table } from "../harness.ts";

const VISITS = 1000;
const TASKS = 100;
const VISITS_EACH = 10;

await table("alone: acquire and release", [
  alone("Effect's Semaphore", () => {
    const semaphore = EffectSemaphore.makeUnsafe(1);
    return semaphore.withPermits(1)(Effect.void);
  }),
  alone("Effect's Semaphore, then yieldNow", () => {
    const semaphore = EffectSemaphore.makeUnsafe(1);
    return semaphore.withPermits(1)(Effect.yieldNow);
  }),
  {
    name: "async-mutex",
    ops: VISITS,
    run: async () => {
      const mutex = new Mutex();
      for (let i = 0; i < VISITS; i++) await mutex.runExclusive(() => {});
    },
  },
  alone("a checkpoint of ours, and no lock", () => checkpoint),
  alone("Lock.withLock", () => new Lock().withLock(Effect.void)),
  alone("Lock.acquire, release", () => {
    const lock = new Lock();
    return Effect.map(lock.acquire, () => lock.release());
  }),
  alone("Semaphore.withPermit", () => new Semaphore(1).withPermit(Effect.void)),
  alone(
    "CapacityLimiter.withToken",
    () => new CapacityLimiter(1).withToken(Effect.void),
  ),
  alone("RwLock.withWrite", () => new RwLock().withWrite(Effect.void)),
  alone("Lock.tryAcquire, release", () => {
    const lock = new Lock();
    return Effect.sync(() => {
      lock.tryAcquire();
      lock.release();
    });
  }),
]);
note(
  "Effect's Semaphore runs on where it need not wait. Ours gives every other " +
    "task its turn and looks for a cancellation at each acquire: that is the " +
    "price of a checkpoint, as the row without a lock shows. tryAcquire pays none.",
);

await table(`${TASKS} tasks: a visit that waits once inside`, [
  together("Effect's Semaphore", () => {
    const semaphore = EffectSemaphore.makeUnsafe(1);
    return semaphore.withPermits(1)(Effect.yieldNow);
  }),
  {
    name: "async-mutex",
    ops: TASKS * VISITS_EACH,
    run: async () => {
      const mutex = new Mutex();
      await Promise.all(Array.from({ length: TASKS }, async () => {
        for (let i = 0; i < VISITS_EACH; i++) {
          await mutex.runExclusive(() => Promise.resolve());
        }
      }));
    },
  },
  together("no lock at all", () => Effect.yieldNow),
  together("Lock.withLock", () => new Lock().withLock(Effect.yieldNow)),
  together(
    "Semaphore.withPermit",
    () => new Semaphore(1).withPermit(Effect.yieldNow),
  ),
  together(
    "CapacityLimiter.withToken",
    () => new CapacityLimiter(1).withToken(Effect.yieldNow),
  ),
  together("RwLock.withWrite", () => new RwLock().withWrite(Effect.yieldNow)),
]);
note(
  "Everybody waits for everybody: each visit is one hand-off from a release to " +
    "the longest waiter. Lock and RwLock watch their owner besides, so that one " +
    "that ends without releasing is told to those who wait.",
);

function alone(name: string, make: () => Effect.Effect<unknown>): Row {
  return {
    name,
    ops: VISITS,
    run: () => {
      const visit = make();
      return run(Effect.gen(function* () {
        for (let i = 0; i < VISITS; i++) yield* visit;
      }));
    },
  };
}

function together(name: string, make: () => Effect.Effect<unknown>): Row {
  return {
    name,
    ops: TASKS * VISITS_EACH,
    run: () => {
      const visit = make();
      const worker = Effect.gen(function* () {
        for (let i = 0; i < VISITS_EACH; i++) yield* visit;
      });
      return run(nursery(function* (n) {
        for (let i = 0; i < TASKS; i++) n.startSoon(worker);
        yield* Effect.void;
      }));
    },
  };
}
