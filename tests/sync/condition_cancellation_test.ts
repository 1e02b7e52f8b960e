import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import {
  cancelScope,
  checkpoint,
  currentTask,
  moveOnAfter,
  type Nursery,
  nursery,
  sleep,
} from "espalier";
import { Condition } from "espalier/sync";
import { type Stage, stopAtEveryStep } from "../../src/testing/_injection.ts";
import { virtualRun, virtualTest } from "../support/virtual_test.ts";
import { JumpyScheduler } from "./support/jumpy_scheduler.ts";

virtualTest(
  "Condition.wait that is cancelled has the lock again before it ends (R50)",
  function* () {
    const condition = new Condition();
    const { lock } = condition;
    yield* nursery(function* (n: Nursery) {
      const trail: string[] = [];
      const waiter = n.startSoon(
        lock.withLock(
          Effect.onInterrupt(condition.wait, () =>
            Effect.sync(() => {
              trail.push("ended");
              assert.equal(lock.statistics().owner, currentTask());
            })),
        ),
      );
      yield* checkpoint;
      yield* checkpoint;
      yield* lock.acquire;

      waiter.cancel();
      yield* sleep(10);

      assert.equal(waiter.status, "cancelling", "it waits for the lock");
      assert.deepEqual(trail, []);
      lock.release();
      yield* waiter.outcome;
      assert.deepEqual(trail, ["ended"]);
      assert.equal(waiter.status, "cancelled");
    });
    assert.equal(lock.statistics().locked, false);
  },
);

virtualTest(
  "Condition.wait that was notified and then cancelled returns, and meets the cancellation later (R13, R50)",
  function* () {
    const condition = new Condition();
    yield* nursery(function* (n: Nursery) {
      const trail: string[] = [];
      const waiter = n.startSoon(condition.lock.withLock(function* () {
        yield* condition.wait;
        trail.push("returned");
        yield* checkpoint;
        trail.push("went on");
      }));
      yield* checkpoint;
      yield* checkpoint;

      yield* condition.lock.withLock(Effect.sync(() => {
        condition.notify();
        waiter.cancel();
      }));
      yield* waiter.outcome;

      assert.deepEqual(trail, ["returned"]);
      assert.equal(waiter.status, "cancelled");
    });
  },
);

virtualTest(
  "Condition.wait that Effect interrupts after its notification passes it on (R50)",
  function* () {
    for (const when of ["in the queue of the lock", "with the lock granted"]) {
      const condition = new Condition();
      const { lock } = condition;
      yield* nursery(function* (n: Nursery) {
        const late = "late" as const;
        let ring = () => {};
        const alarm = Effect.callback<typeof late>((resume) => {
          ring = () => resume(Effect.succeed(late));
        });
        const first = n.startSoon(lock.withLock(function* () {
          const end = yield* Effect.raceFirst(condition.wait, alarm);
          assert.equal(lock.statistics().owner, currentTask());
          return end;
        }));
        const second = n.startSoon(
          lock.withLock(Effect.as(condition.wait, "woken")),
        );
        for (let i = 0; i < 4; i++) yield* checkpoint;
        yield* lock.acquire;
        condition.notify();
        if (when === "with the lock granted") lock.release();

        ring();

        if (when === "in the queue of the lock") {
          yield* sleep(1);
          assert.equal(first.status, "running", "it waits for the lock");
          lock.release();
        }
        assert.equal(yield* first, late, when);
        assert.equal(yield* second, "woken", when);
      });
      assert.equal(lock.statistics().locked, false, when);
    }
  },
);

virtualTest(
  "Condition.wait in a cancelled scope waits for nothing and keeps the lock (R14)",
  function* () {
    const condition = new Condition();
    yield* condition.lock.acquire;

    const waited = yield* cancelScope(function* (scope) {
      scope.cancel();
      yield* condition.wait;
    });

    assert.ok(Option.isNone(waited));
    assert.equal(condition.statistics().waiting, 0);
    assert.equal(condition.lock.statistics().owner, currentTask());
    condition.lock.release();
  },
);

virtualTest(
  "Condition.wait under Effect.timeout has the lock again when the time is over (R50)",
  function* () {
    const condition = new Condition();

    const waited = yield* condition.lock.withLock(function* () {
      const waited = yield* Effect.timeoutOption(condition.wait, "1 second");
      assert.equal(condition.lock.statistics().owner, currentTask());
      return waited;
    });

    assert.ok(Option.isNone(waited));
    assert.equal(condition.lock.statistics().locked, false);
  },
);

const SCHEDULERS = { fair: undefined, jumpy: new JumpyScheduler() };

for (const [name, scheduler] of Object.entries(SCHEDULERS)) {
  Deno.test(`Condition loses no notification and no lock wherever a waiter is stopped (R50), on a ${name} scheduler`, async () => {
    const everywhere = stopAtEveryStep(takersOnStage);

    const performances = await virtualRun(
      () => moveOnAfter(1, everywhere),
      scheduler === undefined ? {} : { scheduler },
    );

    assert.ok(Option.isSome(performances), "somebody waits for ever");
    assert.ok(performances.value > 100);
  });
}

/** Three take what another one puts down, without `waitFor`: so that every single notification is needed. */
function takersOnStage(stage: Stage): Effect.Effect<void> {
  const condition = new Condition();
  const { lock } = condition;
  const takers: string[] = [];
  let items = 0;
  const take = lock.withLock(function* () {
    if (items === 0) yield* condition.wait;
    assert.equal(lock.statistics().owner, currentTask(), stage.hit);
    assert.ok(items > 0, `woken for nothing: ${stage.hit}`);
    items--;
    takers.push(currentTask().name);
  });
  const put = lock.withLock(Effect.sync(() => {
    items++;
    condition.notify();
  }));
  stage.startVictim(take);
  stage.nursery.startSoon(take, { name: "b" });
  stage.nursery.startSoon(take, { name: "c" });
  stage.nursery.startSoon(function* () {
    // When all wait, or are gone.
    yield* settle;
    yield* put;
    yield* settle;
    yield* put;
    yield* settle;
    // The victim took one, or the other two took both.
    if (condition.statistics().waiting > 0) yield* put;
  });
  return Effect.sync(() => {
    const expected = takers.includes("victim") ? 3 : 2;
    assert.equal(takers.length, expected, stage.hit);
    assert.equal(condition.statistics().waiting, 0, stage.hit);
    assert.equal(lock.statistics().locked, false, stage.hit);
  });
}

const settle = Effect.gen(function* () {
  for (let i = 0; i < 14; i++) yield* checkpoint;
});
