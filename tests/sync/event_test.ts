import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import {
  cancelScope,
  checkpoint,
  moveOnAfter,
  type Nursery,
  nursery,
  run,
} from "espalier";
import { Event } from "espalier/sync";
import { stopAtEveryStep } from "../../src/testing/_injection.ts";
import { virtualTest } from "../support/virtual_test.ts";

virtualTest(
  "Event.set() wakes everybody, in order, and stays set (C069, R51)",
  function* () {
    const event = new Event();
    const trail: string[] = [];
    yield* nursery(function* (n) {
      for (const name of ["a", "b"]) {
        n.startSoon(Effect.map(event.wait, () => trail.push(name)));
      }
      yield* checkpoint;
      assert.equal(event.statistics().waiting, 2);

      event.set();

      assert.deepEqual(trail, []);
      assert.equal(event.statistics().waiting, 0);
    });
    assert.deepEqual(trail, ["a", "b"]);
    assert.ok(event.isSet);
  },
);

virtualTest(
  "Event.wait is a checkpoint where it need not wait (C069, R19)",
  function* () {
    const event = new Event();
    event.set();
    event.set();
    yield* nursery(function* (n) {
      let other = false;
      n.startSoon(Effect.sync(() => {
        other = true;
      }));

      yield* event.wait;

      assert.ok(other, "no schedule point");
    });
    const waited = yield* cancelScope(function* (scope) {
      scope.cancel();
      yield* event.wait;
    });
    assert.ok(Option.isNone(waited), "no cancel point");
  },
);

virtualTest(
  "Event.wait leaves no trace when it is cancelled (R14)",
  function* () {
    const event = new Event();

    assert.ok(Option.isNone(yield* moveOnAfter(1, event.wait)));

    assert.equal(event.statistics().waiting, 0);
    assert.equal(event.isSet, false);
  },
);

virtualTest(
  "Event.wait goes on where the event was set before the cancellation (R13)",
  function* () {
    const event = new Event();
    yield* nursery(function* (n) {
      const waiter = n.startSoon(Effect.as(event.wait, "went on"));
      yield* checkpoint;

      event.set();
      waiter.cancel();

      assert.equal(yield* waiter, "went on");
    });
  },
);

Deno.test("Event.set() may be called from the host", async () => {
  const event = new Event();
  const waiting = run(event.wait);

  setTimeout(() => event.set(), 0);

  await waiting;
  assert.ok(event.isSet);
});

virtualTest(
  "Event reaches every waiter wherever one of them is stopped",
  function* () {
    yield* stopAtEveryStep((stage) => {
      const event = new Event();
      let woken = 0;
      const wait = Effect.map(event.wait, () => woken++);
      stage.nursery.startSoon(wait);
      stage.startVictim(wait);
      stage.nursery.startSoon(wait);
      stage.nursery.startSoon(Effect.map(checkpoint, () => event.set()));
      return Effect.sync(() => {
        assert.ok(woken >= 2, stage.hit);
        assert.equal(event.statistics().waiting, 0, stage.hit);
      });
    });
  },
);

virtualTest(
  "Event tells what a task waits for, and statistics() is frozen (R52)",
  function* () {
    const event = new Event({ name: "ready" });
    yield* nursery(function* (n: Nursery) {
      n.startSoon(event.wait);
      yield* checkpoint;

      assert.equal(n.children[0]?.waitingFor, 'Event "ready"');
      assert.ok(Object.isFrozen(event.statistics()));
      event.set();
    });
  },
);
