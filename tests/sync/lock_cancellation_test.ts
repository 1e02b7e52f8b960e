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
  run,
} from "espalier";
import { Lock } from "espalier/sync";
import { VirtualClock } from "espalier/testing";
import { stopAtEveryStep } from "../../src/testing/_injection.ts";
import { JumpyScheduler } from "./support/jumpy_scheduler.ts";
import { virtualRun, virtualTest } from "../support/virtual_test.ts";

virtualTest(
  "Lock keeps its place with a waiter that is cancelled, and with one that is not (R13, R14, anyio #1145)",
  function* () {
    const lock = new Lock();
    const trail: string[] = [];
    const visit = (name: string) =>
      lock.withLock(function* () {
        trail.push(`${name} has it`);
        yield* checkpoint;
        trail.push(`${name} went on`);
      });
    yield* nursery(function* (n: Nursery) {
      yield* lock.acquire;
      const early = n.startSoon(visit("early"));
      const late = n.startSoon(visit("late"));
      n.startSoon(visit("next"));
      yield* checkpoint;

      early.cancel();
      lock.release();
      late.cancel();
    });

    assert.deepEqual(trail, ["late has it", "next has it", "next went on"]);
  },
);

virtualTest(
  "Lock neither loses nor doubles itself wherever its user is stopped, plain acquire included (R13, R14)",
  function* () {
    const performances = yield* stopAtEveryStep((stage) => {
      const lock = new Lock();
      let inside = 0;
      const visit = Effect.suspend(() => {
        let owns = false;
        return Effect.ensuring(
          Effect.gen(function* () {
            yield* lock.acquire;
            owns = true;
            assert.equal(++inside, 1, stage.hit);
            yield* checkpoint;
          }),
          Effect.sync(() => {
            if (!owns) return;
            inside--;
            lock.release();
          }),
        );
      });
      stage.nursery.startSoon(lock.withLock(checkpoint));
      stage.startVictim(visit);
      stage.nursery.startSoon(visit);
      return Effect.sync(() => {
        assert.equal(lock.statistics().locked, false, stage.hit);
      });
    });

    assert.ok(performances > 40, `${performances}`);
  },
);

Deno.test("Lock.withLock() releases wherever its user is stopped, even where a turn can end before any operation", async () => {
  const everywhere = stopAtEveryStep((stage) => {
    const lock = new Lock();
    const visit = lock.withLock(Effect.andThen(checkpoint, checkpoint));
    stage.nursery.startSoon(visit);
    stage.startVictim(visit);
    stage.nursery.startSoon(visit);
    return Effect.sync(() => {
      assert.equal(lock.statistics().locked, false, stage.hit);
    });
  });

  await virtualRun(() => everywhere, { scheduler: new JumpyScheduler() });
});

virtualTest(
  "Lock.acquire in a shield waits on although cancelled (R7)",
  function* () {
    const lock = new Lock();
    yield* nursery(function* (n: Nursery) {
      yield* lock.acquire;
      const shielded = n.startSoon(
        cancelScope(function* (scope) {
          scope.cancel();
          yield* cancelScope(lock.withLock(Effect.void), { shield: true });
          return "had it";
        }),
      );
      yield* checkpoint;
      lock.release();

      assert.deepEqual(yield* shielded, Option.some("had it"));
    });
  },
);

// A waiter whose time is over in the very step in which the lock is released:
// what came first counts, and the waiter is told what is true.
const SAME_STEP = ["moveOnAfter", "Effect.timeoutOption"].flatMap((by) =>
  ["release, timeout", "timeout, release"].map((order) => ({ by, order }))
);

for (const { by, order } of SAME_STEP) {
  Deno.test(`Lock is not lost between ${by} and a release in the same step: ${order} (R14, anyio #589)`, async () => {
    const clock = new VirtualClock();
    const lock = new Lock();
    const program = nursery(function* (n: Nursery) {
      yield* lock.acquire;
      const waiter = n.startSoon(function* () {
        const got = yield* by === "moveOnAfter"
          ? moveOnAfter(1, lock.acquire)
          : Effect.timeoutOption(lock.acquire, 1);
        const isOwner = lock.statistics().owner === currentTask();
        assert.equal(Option.isSome(got), isOwner);
        if (isOwner) lock.release();
        return isOwner;
      });
      const next = n.startSoon(lock.withLock(Effect.succeed("next")));
      for (let i = 0; i < 4; i++) yield* checkpoint;

      for (const event of order.split(", ")) {
        if (event === "release") lock.release();
        else clock.advance(1);
      }

      assert.equal(yield* waiter, order.startsWith("release"));
      assert.equal(yield* next, "next");
      assert.equal(lock.statistics().locked, false);
    });

    await run(program, { clock });
  });
}
