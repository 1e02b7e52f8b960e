import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Result from "effect/Result";
import {
  checkpoint,
  currentTask,
  moveOnAfter,
  NotInRun,
  type Nursery,
  nursery,
  run,
  shieldedCheckpoint,
  sleepForever,
} from "espalier";
import { Event, Lock, WouldBlock } from "espalier/sync";
import { holdersOf } from "./support/holders_of.ts";
import { defectOf } from "./support/defect_of.ts";
import { virtualRun, virtualTest } from "../support/virtual_test.ts";

virtualTest(
  "Lock.acquire hands over in order of arrival (R24, R47)",
  function* () {
    const lock = new Lock();
    const trail: string[] = [];
    const visit = (name: string) =>
      lock.withLock(function* () {
        trail.push(name);
        yield* checkpoint;
      });

    yield* nursery(function* (n) {
      for (const name of ["a", "b", "c", "d"]) n.startSoon(visit(name));
      yield* checkpoint;
    });

    assert.deepEqual(trail, ["a", "b", "c", "d"]);
  },
);

virtualTest(
  "Lock.release() makes the first waiter the owner there and then (R47)",
  function* () {
    const lock = new Lock();
    yield* nursery(function* (n) {
      yield* lock.acquire;
      const waiter = n.startSoon(lock.withLock(Effect.void), {
        name: "waiter",
      });
      yield* checkpoint;

      lock.release();

      assert.equal(lock.statistics().owner?.name, "waiter");
      assert.equal(lock.statistics().locked, true);
      assert.ok(Result.isFailure(lock.tryAcquire()));
      assert.equal(waiter.status, "running");
    });
    assert.equal(lock.statistics().locked, false);
  },
);

virtualTest(
  "Lock.tryAcquire() answers WouldBlock while another task owns it (R47)",
  function* () {
    const lock = new Lock({ name: "orders" });
    yield* nursery(function* (n) {
      assert.ok(Result.isSuccess(lock.tryAcquire()));

      const tried = yield* n.startSoon(Effect.sync(() => lock.tryAcquire()));

      assert.ok(Result.isFailure(tried));
      assert.ok(tried.failure instanceof WouldBlock);
      assert.equal(
        tried.failure.message,
        'Cannot acquire Lock "orders": it would have to wait',
      );
      lock.release();
    });
  },
);

virtualTest(
  "Lock refuses its owner, who would wait for itself (R47)",
  function* () {
    const lock = new Lock({ name: "orders" });
    yield* lock.acquire;
    const message =
      'Cannot acquire Lock "orders": task "main" holds it already';

    assert.throws(() => lock.tryAcquire(), { name: "TypeError", message });
    const error = yield* defectOf(lock.acquire);

    assert.ok(error instanceof TypeError);
    assert.equal(error.message, message);
    assert.equal(lock.statistics().owner, currentTask());
    lock.release();
  },
);

virtualTest(
  "Lock.release() refuses whoever does not own it (R47)",
  function* () {
    const lock = new Lock({ name: "orders" });
    const message =
      'Cannot release Lock "orders": task "main" does not hold it';
    assert.throws(() => lock.release(), { name: "TypeError", message });

    yield* nursery(function* (n) {
      n.startSoon(lock.withLock(shieldedCheckpoint), { name: "owner" });
      yield* shieldedCheckpoint;

      assert.throws(() => lock.release(), { name: "TypeError", message });
      assert.equal(lock.statistics().owner?.name, "owner");
    });
  },
);

Deno.test("Lock belongs to tasks: outside one it cannot be used (R47)", async () => {
  const lock = new Lock({ name: "orders" });
  const message = 'Cannot acquire Lock "orders": no task is running here';

  assert.throws(() => lock.tryAcquire(), { name: "NotInRun", message });
  assert.throws(() => lock.release(), NotInRun);
  await assert.rejects(Effect.runPromise(lock.acquire), NotInRun);
  await assert.rejects(
    virtualRun(async () => {
      await Promise.resolve();
      lock.tryAcquire();
    }),
  );
});

virtualTest("Lock is owned by a task, not by a fiber of Effect", function* () {
  const lock = new Lock();

  // Effect runs the body of a timeout on a fiber of its own.
  yield* Effect.timeout(lock.acquire, "1 second");

  assert.equal(lock.statistics().owner, currentTask());
  lock.release();
});

virtualTest(
  "Lock may be held twice over by nobody, but by one task twice in turn",
  function* () {
    const lock = new Lock();
    yield* nursery(function* (n) {
      n.startSoon(lock.withLock(checkpoint));
      yield* shieldedCheckpoint;
      // Two fibers of one task wait; the second gets it from the first.
      const both = Effect.all([
        lock.withLock(checkpoint),
        lock.withLock(checkpoint),
      ], {
        concurrency: 2,
      });

      yield* both;

      assert.equal(lock.statistics().locked, false);
    });
  },
);

virtualTest(
  "Lock.withLock() gives the lock back however its body ends",
  function* () {
    const lock = new Lock();
    const free = () => assert.equal(lock.statistics().locked, false);

    assert.equal(yield* lock.withLock(Effect.succeed(1)), 1);
    free();
    assert.equal(yield* Effect.flip(lock.withLock(Effect.fail("no"))), "no");
    free();
    assert.equal(
      yield* defectOf(lock.withLock(() => Effect.die("bug"))),
      "bug",
    );
    free();
    assert.equal(
      yield* defectOf(lock.withLock(() => {
        throw "thrown";
      })),
      "thrown",
    );
    free();
    assert.equal(yield* lock.withLock(async () => await Promise.resolve(2)), 2);
    free();
    assert.ok(
      Option.isNone(yield* moveOnAfter(1, lock.withLock(sleepForever))),
    );
    free();
    assert.ok(
      Option.isNone(
        yield* Effect.timeoutOption(lock.withLock(sleepForever), "1 second"),
      ),
    );
    free();
  },
);

virtualTest(
  "Lock.withLock() hands its body a signal and infers its types",
  function* () {
    const lock = new Lock();
    const signals: AbortSignal[] = [];

    const done: Effect.Effect<number, "odd"> = lock.withLock(
      function* (signal) {
        signals.push(signal);
        if (signals.length > 1) return yield* Effect.fail("odd" as const);
        return 1;
      },
    );

    assert.equal(yield* done, 1);
    assert.equal(yield* Effect.flip(done), "odd");
    assert.ok(signals[0] instanceof AbortSignal);
  },
);

virtualTest(
  "Lock.withLock() reports a body that released it itself",
  function* () {
    const lock = new Lock();

    const error = yield* defectOf(
      lock.withLock(Effect.sync(() => lock.release())),
    );

    assert.ok(error instanceof TypeError);
    assert.match(error.message, /^Cannot release Lock: /);
  },
);

virtualTest("Lock.statistics() is a frozen snapshot (R52)", function* () {
  const lock = new Lock();
  yield* nursery(function* (n: Nursery) {
    yield* lock.acquire;
    n.startSoon(lock.withLock(Effect.void));
    yield* checkpoint;

    const before = lock.statistics();
    lock.release();

    assert.ok(Object.isFrozen(before));
    assert.deepEqual(before, {
      locked: true,
      owner: currentTask(),
      waiting: 1,
    });
  });
});

virtualTest(
  "Lock tells what a task waits for and who could end that",
  function* () {
    const lock = new Lock({ name: "orders" });
    yield* nursery(function* (n: Nursery) {
      yield* lock.acquire;
      n.startSoon(lock.withLock(Effect.void), { name: "waiter" });
      yield* checkpoint;

      const [waiter] = n.children;

      assert.equal(waiter?.waitingFor, 'Lock "orders"');
      assert.deepEqual(holdersOf(waiter!), [currentTask()]);
      lock.release();
    });
  },
);

Deno.test("Lock serves two runs alike", async () => {
  const lock = new Lock();
  const open = new Event();
  const trail: string[] = [];
  const first = run(lock.withLock(function* () {
    yield* open.wait;
    trail.push("first run");
  }));
  const second = run(
    lock.withLock(Effect.sync(() => trail.push("second run"))),
  );
  assert.equal(lock.statistics().waiting, 1);

  open.set();
  await Promise.all([first, second]);

  assert.deepEqual(trail, ["first run", "second run"]);
});
