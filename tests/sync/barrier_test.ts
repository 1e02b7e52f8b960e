import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import {
  BrokenResource,
  cancelScope,
  checkpoint,
  type Nursery,
  nursery,
  shieldedCheckpoint,
} from "espalier";
import { Barrier } from "espalier/sync";
import { stopAtEveryStep } from "../../src/testing/_injection.ts";
import { virtualTest } from "../support/virtual_test.ts";

virtualTest(
  "Barrier.wait lets all go when the last one arrives, and answers the order of arrival",
  function* () {
    const barrier = new Barrier(3);
    const trail: string[] = [];
    const party = (name: string) =>
      Effect.map(Effect.orDie(barrier.wait), (index) => {
        trail.push(`${name} ${index}`);
      });
    yield* nursery(function* (n) {
      n.startSoon(party("a"));
      n.startSoon(party("b"));
      yield* checkpoint;
      assert.deepEqual(barrier.statistics(), { parties: 3, waiting: 2 });
      assert.deepEqual(trail, []);

      n.startSoon(party("c"));
      yield* checkpoint;
      assert.equal(barrier.statistics().waiting, 0);
    });

    assert.deepEqual(trail.sort(), ["a 0", "b 1", "c 2"]);
  },
);

virtualTest(
  "Barrier.wait is a checkpoint for the last one too (R19)",
  function* () {
    const barrier = new Barrier(1);
    yield* nursery(function* (n) {
      let other = false;
      n.startSoon(Effect.sync(() => {
        other = true;
      }));

      assert.equal(yield* barrier.wait, 0);

      assert.ok(other, "no schedule point");
    });
    const waited = yield* cancelScope(function* (scope) {
      scope.cancel();
      yield* barrier.wait;
    });
    assert.ok(Option.isNone(waited), "no cancel point");
  },
);

virtualTest("Barrier serves round after round", function* () {
  const barrier = new Barrier(2);
  const trail: number[][] = [];
  yield* nursery(function* (n: Nursery<BrokenResource>) {
    for (const start of [0, 1]) {
      n.startSoon(function* () {
        for (let round = 0; round < 3; round++) {
          (trail[round] ??= []).push(start);
          yield* barrier.wait;
          assert.equal(trail[round]?.length, 2, "went on before the other");
        }
      });
    }
    yield* checkpoint;
  });

  assert.equal(trail.length, 3);
});

virtualTest(
  "Barrier is broken by a party that is cancelled: in this round only, typed, by name",
  function* () {
    const barrier = new Barrier(3, { name: "step" });
    yield* nursery(function* (n) {
      const leaver = n.startSoon(Effect.orDie(barrier.wait), {
        name: "leaver",
      });
      const stayer = n.startSoon(
        Effect.orDie(Effect.flip(barrier.wait)),
      );
      yield* checkpoint;

      leaver.cancel();

      const error = yield* stayer;
      assert.ok(error instanceof BrokenResource);
      assert.equal(
        error.message,
        'Cannot wait for Barrier "step": it was broken by main/leaver',
      );
      assert.equal(barrier.statistics().waiting, 0);

      const next = [1, 2, 3].map(() => n.startSoon(Effect.orDie(barrier.wait)));
      assert.deepEqual(yield* Effect.all(next), [0, 1, 2]);
    });
  },
);

virtualTest(
  "Barrier lets a party go that is cancelled after the last one arrived (R13)",
  function* () {
    const barrier = new Barrier(2);
    yield* nursery(function* (n) {
      const early = n.startSoon(Effect.orDie(barrier.wait));
      yield* shieldedCheckpoint;

      const index = yield* Effect.tap(
        Effect.orDie(barrier.wait),
        Effect.sync(() => early.cancel()),
      );

      assert.equal(index, 1);
      assert.equal(yield* early, 0);
    });
  },
);

virtualTest(
  "Barrier counts nobody who was cancelled before it arrived (R14)",
  function* () {
    const barrier = new Barrier(2);
    yield* nursery(function* (n) {
      const waiter = n.startSoon(Effect.orDie(barrier.wait));
      yield* checkpoint;
      yield* cancelScope(function* (scope) {
        scope.cancel();
        yield* barrier.wait;
      });

      assert.equal(barrier.statistics().waiting, 1);
      assert.equal(yield* barrier.wait, 1);
      assert.equal(yield* waiter, 0);
    });
  },
);

Deno.test("Barrier refuses a number of parties that is none", () => {
  for (const parties of [0, -1, 1.5, NaN, Infinity]) {
    assert.throws(() => new Barrier(parties), {
      name: "RangeError",
      message: "Cannot make Barrier: 'parties' must be a positive integer: " +
        `received ${parties}`,
    });
  }
});

virtualTest(
  "Barrier leaves nobody waiting wherever a party is stopped: all go, or all are told",
  function* () {
    yield* stopAtEveryStep((stage) => {
      const barrier = new Barrier(3);
      const ends: string[] = [];
      const party = Effect.match(barrier.wait, {
        onSuccess: () => ends.push("went"),
        onFailure: () => ends.push("broken"),
      });
      stage.nursery.startSoon(party);
      stage.startVictim(Effect.andThen(checkpoint, party));
      stage.nursery.startSoon(
        Effect.andThen(Effect.andThen(checkpoint, checkpoint), party),
      );
      // Comes late, and completes the round of whoever the victim left behind.
      const late = Effect.gen(function* () {
        for (let i = 0; i < 20; i++) yield* checkpoint;
        const missing = (3 - barrier.statistics().waiting) % 3;
        for (let i = 0; i < missing; i++) stage.nursery.startSoon(party);
      });
      stage.nursery.startSoon(late);
      return Effect.sync(() => {
        assert.equal(barrier.statistics().waiting, 0, stage.hit);
        const broken = ends.filter((end) => end === "broken").length;
        assert.ok(broken <= 2, `${stage.hit}: ${ends}`);
      });
    });
  },
);

virtualTest(
  "Barrier tells what a task waits for, and statistics() is frozen (R52)",
  function* () {
    const barrier = new Barrier(2, { name: "step" });
    yield* nursery(function* (n: Nursery) {
      n.startSoon(Effect.orDie(barrier.wait));
      yield* checkpoint;

      assert.equal(n.children[0]?.waitingFor, 'Barrier "step"');
      assert.ok(Object.isFrozen(barrier.statistics()));
      yield* Effect.orDie(barrier.wait);
    });
  },
);
