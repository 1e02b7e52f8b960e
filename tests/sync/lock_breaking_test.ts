import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import {
  BrokenResource,
  checkpoint,
  currentTask,
  type Nursery,
  nursery,
  sleep,
  sleepForever,
  type Task,
} from "espalier";
import { Lock, RwLock } from "espalier/sync";
import type { AnyTask } from "../../src/core/task.ts";
import { defectOf } from "./support/defect_of.ts";
import { virtualTest } from "../support/virtual_test.ts";

virtualTest(
  "Lock is broken by an owner that ends, for those who wait and those who come (R47)",
  function* () {
    const lock = new Lock({ name: "orders" });
    const message =
      'Cannot wait for Lock "orders": it was broken by main/careless';

    const waiting = yield* nursery(function* (n: Nursery) {
      n.startSoon(Effect.andThen(lock.acquire, checkpoint), {
        name: "careless",
      });
      const waiting = n.startSoon(defectOf(lock.acquire));
      n.startSoon(defectOf(lock.withLock(Effect.void)));
      return yield* waiting;
    });
    const late = yield* defectOf(lock.withLock(Effect.void));

    for (const error of [waiting, late]) {
      assert.ok(error instanceof BrokenResource);
      assert.equal(error.message, message);
      assert.deepEqual(error.brokenBy, ["main/careless"]);
    }
    assert.throws(() => lock.tryAcquire(), { name: "BrokenResource", message });
    assert.equal(lock.statistics().waiting, 0);
  },
);

virtualTest(
  "Lock is broken by an owner that is cancelled or fails as well (R47)",
  function* () {
    for (const how of ["cancelled", "failed"] as const) {
      const lock = new Lock();
      yield* nursery(function* (n: Nursery<"failed">) {
        const owner = n.startSoon(function* () {
          yield* lock.acquire;
          if (how === "failed") yield* Effect.fail("failed" as const);
          yield* sleepForever;
        });
        yield* sleep(1);
        owner.cancel();
        yield* sleep(1);
      }, { onChildFailure: "isolate" }).pipe(Effect.ignore);

      assert.ok(
        (yield* defectOf(lock.acquire)) instanceof BrokenResource,
        how,
      );
    }
  },
);

virtualTest(
  "Lock is broken at once where it is handed to a task that has ended",
  function* () {
    const lock = new Lock();
    yield* nursery(function* (n: Nursery) {
      yield* lock.acquire;
      // A fiber that Effect detaches outlives its task and still waits.
      yield* n.startSoon(
        Effect.forkDetach(lock.acquire, { startImmediately: true }),
      );
      const waiter = n.startSoon(defectOf(lock.acquire));
      yield* checkpoint;

      lock.release();

      assert.ok((yield* waiter) instanceof BrokenResource);
    });
  },
);

virtualTest(
  "Lock forgets its owners: who released may end (R47)",
  function* () {
    const lock = new Lock();

    yield* nursery(function* (n: Nursery) {
      n.startSoon(lock.withLock(checkpoint));
      n.startSoon(lock.withLock(checkpoint));
      yield* checkpoint;
    });

    yield* lock.withLock(Effect.void);
    assert.deepEqual(lock.statistics(), {
      locked: false,
      owner: undefined,
      waiting: 0,
    });
  },
);

virtualTest(
  "Lock watches an owner that was handed it by itself (R47)",
  function* () {
    const lock = new Lock();
    yield* nursery(function* (n: Nursery) {
      yield* lock.acquire;
      // Two fibers of one task wait; the second never releases.
      const both = [lock.withLock(Effect.void), lock.acquire];
      n.startSoon(Effect.all(both, { concurrency: 2 }));
      const waiter = n.startSoon(defectOf(lock.acquire));
      yield* checkpoint;

      lock.release();

      assert.ok((yield* waiter) instanceof BrokenResource);
    });
  },
);

virtualTest(
  "Lock and RwLock leave no listener behind with a task that lives on",
  function* () {
    const [lock, rwLock] = [new Lock(), new RwLock()];
    const listening = countListeners(currentTask());
    const visits = [
      lock.withLock(checkpoint),
      rwLock.withRead(checkpoint),
      rwLock.withWrite(checkpoint),
    ];
    yield* nursery(function* (n: Nursery) {
      for (const visit of visits) {
        // Somebody waits meanwhile, so that the owner is watched.
        n.startSoon(Effect.andThen(checkpoint, visit));
        n.startSoon(Effect.andThen(checkpoint, visit));
        yield* visit;
        n.startSoon(visit);
        yield* visit;
        yield* visit;
      }
      assert.ok(listening.most > 0);
      assert.equal(listening.now, 0);
    });
  },
);

/** Counts who listens for the end of a task. */
function countListeners(task: Task): { now: number; most: number } {
  const count = { now: 0, most: 0 };
  const node = task as AnyTask;
  const original = node.whenExited.bind(node);
  node.whenExited = (listener) => {
    count.most = Math.max(count.most, ++count.now);
    const callOff = original(listener);
    return () => {
      count.now--;
      callOff();
    };
  };
  return count;
}

virtualTest(
  "Lock.tryAcquire() is the first to hear of an owner that ended while nobody waited (R47)",
  function* () {
    const lock = new Lock();
    yield* nursery(function* (n: Nursery) {
      n.startSoon(lock.acquire, { name: "careless" });
      yield* sleep(1);
    });
    assert.equal(lock.statistics().owner?.name, "careless");

    assert.throws(() => lock.tryAcquire(), BrokenResource);
  },
);
