import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Option from "effect/Option";
import {
  BrokenResource,
  cancelScope,
  checkpoint,
  currentTask,
  moveOnAfter,
  NotInRun,
  type Nursery,
  nursery,
} from "espalier";
import { Condition, Lock } from "espalier/sync";
import { virtualTest } from "../support/virtual_test.ts";
import { coreOf } from "../../src/sync/lock.ts";
import { defectOf } from "./support/defect_of.ts";
import { holdersOf } from "./support/holders_of.ts";

virtualTest(
  "Condition.notify() moves exactly so many waiters to the queue of the lock, in order (C077, R50)",
  function* () {
    const condition = new Condition();
    const { lock } = condition;
    const trail: string[] = [];
    const wait = (name: string) =>
      lock.withLock(function* () {
        yield* condition.wait;
        assert.equal(lock.statistics().owner, currentTask());
        trail.push(name);
      });
    const counts = () => [
      condition.statistics().waiting,
      lock.statistics().waiting,
    ];
    yield* nursery(function* (n) {
      for (const name of ["a", "b", "c", "d"]) n.startSoon(wait(name));
      for (let i = 0; i < 8; i++) yield* checkpoint;
      assert.deepEqual(counts(), [4, 0]);

      yield* lock.acquire;
      condition.notify();
      assert.deepEqual(counts(), [3, 1]);
      condition.notify(2);
      assert.deepEqual(counts(), [1, 3]);
      condition.notify(0);
      assert.deepEqual(counts(), [1, 3]);
      condition.notifyAll();
      assert.deepEqual(counts(), [0, 4]);
      assert.deepEqual(trail, []);
      condition.notify(5);
      lock.release();
    });

    assert.deepEqual(trail, ["a", "b", "c", "d"]);
  },
);

virtualTest(
  "Condition refuses whoever does not own the lock (C077, R50)",
  function* () {
    const condition = new Condition(new Lock({ name: "table" }), {
      name: "filled",
    });
    const refusal = (verb: string) => ({
      name: "TypeError",
      message: `Cannot ${verb} Condition "filled": task "main" ` +
        'does not hold Lock "table"',
    });

    assert.throws(() => condition.notify(), refusal("notify"));
    assert.throws(() => condition.notifyAll(), refusal("notify"));
    for (const wait of [condition.wait, condition.waitFor(() => true)]) {
      const error = yield* defectOf(wait);
      assert.ok(error instanceof TypeError);
      assert.equal(error.message, refusal("wait for").message);
    }
  },
);

Deno.test("Condition belongs to tasks: outside one it cannot be used", async () => {
  const condition = new Condition();

  assert.throws(() => condition.notify(), NotInRun);
  await assert.rejects(Effect.runPromise(condition.wait), NotInRun);
});

virtualTest("Condition.notify() refuses what is no count", function* () {
  const condition = new Condition();
  yield* condition.lock.acquire;
  for (const count of [-1, 1.5, NaN]) {
    assert.throws(() => condition.notify(count), {
      name: "RangeError",
      message: "Cannot notify Condition: 'count' must be an integer of at " +
        `least 0 or Infinity: received ${count}`,
    });
  }
  condition.lock.release();
});

virtualTest(
  "Condition.notify() is heard by nobody who comes later",
  function* () {
    const condition = new Condition();
    yield* condition.lock.withLock(Effect.sync(() => condition.notifyAll()));
    yield* nursery(function* (n) {
      const late = n.startSoon(condition.lock.withLock(condition.wait));
      yield* checkpoint;
      yield* checkpoint;

      assert.equal(condition.statistics().waiting, 1);
      late.cancel();
    });
  },
);

virtualTest(
  "Condition.waitFor() looks now, and again after every notification",
  function* () {
    const condition = new Condition();
    let value = 0;
    const looks: number[] = [];
    const waitFor = (wanted: number) =>
      condition.lock.withLock(condition.waitFor(() => {
        looks.push(value);
        return value >= wanted;
      }));
    const raise = condition.lock.withLock(Effect.sync(() => {
      value++;
      condition.notifyAll();
    }));
    yield* nursery(function* (n) {
      n.startSoon(waitFor(2));
      yield* checkpoint;
      yield* checkpoint;
      yield* raise;
      yield* raise;
    });

    assert.deepEqual(looks, [0, 1, 2]);
  },
);

virtualTest(
  "Condition.waitFor() is a checkpoint where it need not wait (R19)",
  function* () {
    const condition = new Condition();
    yield* condition.lock.acquire;
    yield* nursery(function* (n) {
      let other = false;
      n.startSoon(Effect.sync(() => {
        other = true;
      }));

      yield* condition.waitFor(() => true);

      assert.ok(other, "no schedule point");
    });
    let looked = false;
    const waited = yield* cancelScope(function* (scope) {
      scope.cancel();
      yield* condition.waitFor(() => looked = true);
    });
    assert.ok(Option.isNone(waited), "no cancel point");
    assert.equal(looked, false);
    condition.lock.release();
  },
);

virtualTest(
  "Condition.waitFor() dies with what its predicate throws, the lock in hand",
  function* () {
    const condition = new Condition();
    yield* condition.lock.acquire;

    const error = yield* defectOf(condition.waitFor(() => {
      throw "cannot look";
    }));

    assert.equal(error, "cannot look");
    condition.lock.release();
  },
);

virtualTest(
  "Condition is broken with its lock: no waiter is left behind (R47)",
  function* () {
    const condition = new Condition(new Lock({ name: "table" }), {
      name: "filled",
    });
    const wait = defectOf(condition.lock.withLock(condition.wait));
    yield* nursery(function* (n: Nursery) {
      const notified = n.startSoon(wait);
      const waiting = n.startSoon(wait);
      yield* checkpoint;
      yield* checkpoint;
      const careless = Effect.map(
        condition.lock.acquire,
        () => condition.notify(1),
      );
      n.startSoon(careless, { name: "careless" });

      for (const waiter of [notified, waiting]) {
        const error = yield* waiter;
        assert.ok(error instanceof BrokenResource);
        assert.equal(
          error.message,
          'Cannot wait for Condition "filled": it was broken by main/careless',
        );
      }
    });
    const late = yield* defectOf(condition.lock.withLock(condition.wait));
    assert.ok(late instanceof BrokenResource);
  },
);

virtualTest(
  "Condition makes a lock of its own, of the same name",
  function* () {
    const condition = new Condition(undefined, { name: "filled" });
    yield* nursery(function* (n: Nursery) {
      yield* condition.lock.acquire;
      n.startSoon(condition.lock.acquire.pipe(
        Effect.andThen(Effect.sync(() => condition.lock.release())),
      ));
      yield* checkpoint;

      assert.equal(n.children[0]?.waitingFor, 'Lock "filled"');
      condition.lock.release();
    });
  },
);

virtualTest("Conditions share a lock", function* () {
  const lock = new Lock();
  const [full, empty] = [new Condition(lock), new Condition(lock)];
  const trail: string[] = [];
  let isFull = false;
  const put = (item: string) =>
    lock.withLock(function* () {
      yield* empty.waitFor(() => !isFull);
      isFull = true;
      trail.push(`put ${item}`);
      full.notify();
    });
  const take = lock.withLock(function* () {
    yield* full.waitFor(() => isFull);
    isFull = false;
    trail.push("take");
    empty.notify();
  });

  yield* nursery(function* (n) {
    for (const item of ["a", "b", "c"]) {
      n.startSoon(put(item));
      n.startSoon(take);
    }
    yield* checkpoint;
  });

  assert.deepEqual(trail, ["put a", "take", "put b", "take", "put c", "take"]);
});

virtualTest(
  "Condition tells what a task waits for and, once notified, who could end that",
  function* () {
    const condition = new Condition(undefined, { name: "filled" });
    yield* nursery(function* (n: Nursery) {
      n.startSoon(condition.lock.withLock(condition.wait));
      yield* checkpoint;
      yield* checkpoint;
      const [waiter] = n.children;
      assert.equal(waiter?.waitingFor, 'Condition "filled"');
      assert.deepEqual(holdersOf(waiter!), []);

      yield* condition.lock.acquire;
      condition.notify();

      assert.deepEqual(holdersOf(waiter!), [currentTask()]);
      condition.lock.release();
    });
  },
);

virtualTest("Condition.statistics() is a frozen snapshot (R52)", function* () {
  const statistics = new Condition().statistics();

  assert.ok(Object.isFrozen(statistics));
  assert.deepEqual(statistics, { waiting: 0 });
  yield* Effect.void;
});

virtualTest(
  "Condition that is broken with its lock says so once, and nothing of a lock not held",
  function* () {
    const condition = new Condition();
    yield* nursery(function* (n: Nursery) {
      const waiter = n.startSoon(
        Effect.exit(condition.lock.withLock(condition.wait)),
      );
      yield* checkpoint;
      yield* checkpoint;
      n.startSoon(condition.lock.acquire);

      const exit = yield* waiter;

      assert.ok(Exit.isFailure(exit));
      assert.equal(exit.cause.reasons.length, 1, String(exit.cause));
    });
  },
);

virtualTest(
  "Condition that nobody waits for is nothing to its lock",
  function* () {
    const condition = new Condition();
    const core = coreOf(condition.lock);
    const original = core.removeDependant.bind(core);
    let removed = 0;
    core.removeDependant = (lot) => {
      removed++;
      original(lot);
    };

    const wait = condition.lock.withLock(condition.wait);
    assert.ok(Option.isNone(yield* moveOnAfter(1, wait)));

    assert.equal(removed, 1);
  },
);

virtualTest(
  "Condition.notify() changes nothing for those it did not reach",
  function* () {
    const condition = new Condition();
    yield* nursery(function* (n: Nursery) {
      const wait = condition.lock.withLock(condition.wait);
      const reached = n.startSoon(Effect.as(wait, "reached"));
      const waiting = n.startSoon(wait);
      for (let i = 0; i < 4; i++) yield* checkpoint;
      yield* condition.lock.withLock(Effect.sync(() => condition.notify()));

      waiting.cancel();

      assert.equal(yield* reached, "reached");
      yield* waiting.outcome;
      assert.equal(waiting.status, "cancelled");
    });
  },
);
