import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import { cancelScope, checkpoint, type Nursery, nursery } from "espalier";
import { Lock } from "espalier/sync";
import { stopAtEveryStep } from "../../src/testing/_injection.ts";
import { JumpyScheduler } from "./support/jumpy_scheduler.ts";
import { virtualRun, virtualTest } from "../support/virtual_test.ts";

virtualTest(
  "Lock keeps its place with a waiter that is cancelled, and with one that is not (R13, R14)",
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
