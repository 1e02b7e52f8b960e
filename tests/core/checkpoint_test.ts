import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Option from "effect/Option";
import {
  CancelScope,
  cancelScope,
  checkpoint,
  checkpointIfCancelled,
  fromPromise,
  Future,
  moveOnAfter,
  nursery,
  NurseryClosed,
  run,
  shieldedCheckpoint,
  sleep,
  sleepForever,
  sleepUntil,
} from "espalier";
import { ParkingLot } from "espalier/core";
import { attemptOrWait } from "../../src/core/checkpoint.ts";
import { scopeTest, virtualTest } from "../support/virtual_test.ts";

/** Does `effect` let another task have its turn? */
function isSchedulePoint(
  effect: Effect.Effect<unknown, unknown>,
): Effect.Effect<boolean> {
  return nursery(function* (n) {
    let hadItsTurn = false;
    n.startSoon(Effect.sync(() => hadItsTurn = true));
    yield* Effect.exit(effect);
    return hadItsTurn;
  });
}

/** Does `effect` end in a scope that is cancelled? */
function isCancelPoint(
  effect: Effect.Effect<unknown, unknown>,
): Effect.Effect<boolean> {
  return Effect.map(
    cancelScope((scope) => {
      scope.cancel();
      return Effect.exit(effect);
    }),
    Option.isNone,
  );
}

scopeTest(
  "the three checkpoints are what their names say (R5, R19)",
  function* () {
    const points: [string, Effect.Effect<void>, boolean, boolean][] = [
      ["checkpoint", checkpoint, true, true],
      ["checkpointIfCancelled", checkpointIfCancelled, false, true],
      ["shieldedCheckpoint", shieldedCheckpoint, true, false],
      ["nothing", Effect.void, false, false],
    ];
    for (const [name, point, schedules, cancels] of points) {
      assert.equal(yield* isSchedulePoint(point), schedules, name);
      assert.equal(yield* isCancelPoint(point), cancels, name);
    }
  },
);

scopeTest(
  "every operation that can wait is a checkpoint, whatever it finds (R19, R22)",
  function* () {
    const done = Future.make<number>();
    done.resolver.succeed(1);
    const broken = new ParkingLot();
    broken.breakLot();
    const operations: Record<string, Effect.Effect<unknown, unknown>> = {
      "sleep(0)": sleep(0),
      "sleep(1)": sleep(1),
      "sleepUntil past": sleepUntil(-1),
      "a done future": done.future,
      "its outcome": done.future.outcome,
      "fromPromise": fromPromise(() => Promise.resolve()),
      "park in a broken lot": broken.park,
    };
    for (const [name, operation] of Object.entries(operations)) {
      assert.equal(yield* isSchedulePoint(operation), true, name);
      assert.equal(yield* isCancelPoint(operation), true, name);
    }
  },
);

scopeTest(
  "attemptOrWait(): a cancelled operation has not happened (R14, R22)",
  function* () {
    let attempts = 0;
    const operation = attemptOrWait(
      { label: "test" },
      () => {
        attempts++;
        return { result: Exit.succeed("got it") };
      },
      () => assert.fail("did not have to wait"),
    );
    assert.equal(yield* operation, "got it");
    assert.equal(yield* isCancelPoint(operation), true);
    assert.equal(attempts, 1);
  },
);

scopeTest(
  "attemptOrWait(): there is no turn before the attempt, and one after it (R22)",
  function* () {
    const trail: string[] = [];
    yield* nursery(function* (n) {
      n.startSoon(Effect.sync(() => trail.push("other")));
      yield* attemptOrWait(
        { label: "test" },
        () => {
          trail.push("attempt");
          return { result: Exit.void };
        },
        () => assert.fail("did not have to wait"),
      );
      trail.push("went on");
    });
    assert.deepEqual(trail, ["attempt", "other", "went on"]);
  },
);

scopeTest(
  "attemptOrWait(): what was granted is kept though the task is cancelled in that step (R13)",
  function* () {
    const scope = new CancelScope();
    const trail: string[] = [];
    yield* scope.run(function* () {
      trail.push(
        yield* attemptOrWait(
          { label: "test" },
          () => {
            scope.cancel();
            return { result: Exit.succeed("granted") };
          },
          () => assert.fail("did not have to wait"),
        ),
      );
      yield* checkpoint;
      trail.push("unreachable");
    });
    assert.deepEqual(trail, ["granted"]);
  },
);

scopeTest(
  "attemptOrWait(): what Effect's interruption makes homeless is given back (R14)",
  function* () {
    const trail: string[] = [];
    const operation = attemptOrWait(
      { label: "test" },
      () => ({
        result: Exit.succeed("permit"),
        lost: () => trail.push("given back"),
      }),
      () => assert.fail("did not have to wait"),
    );
    yield* Effect.raceFirst(
      Effect.map(operation, (it) => trail.push(it)),
      Effect.void,
    );
    assert.deepEqual(trail, ["given back"]);
  },
);

scopeTest("plain methods run no other task (R3, R18)", function* () {
  const trail: string[] = [];
  const { future, resolver } = Future.make<void>();
  const lot = new ParkingLot();
  const scope = new CancelScope();
  yield* nursery(function* (n) {
    const tell = (name: string) => Effect.sync(() => trail.push(name));
    n.startSoon(Effect.andThen(future, tell("future")));
    n.startSoon(Effect.andThen(Effect.orDie(lot.park), tell("lot")));
    n.startSoon(() => Effect.ensuring(scope.run(sleepForever), tell("scope")));
    const child = n.startSoon(Effect.ensuring(sleepForever, tell("cancel")));
    yield* sleep(1);
    resolver.succeed();
    lot.unparkAll();
    scope.cancel();
    scope.shield = true;
    scope.deadline = 5;
    child.cancel();
    n.startSoon(tell("spawned"));
    trail.push("all called");
  });
  assert.equal(trail[0], "all called");
  assert.equal(trail.length, 6);
});

virtualTest(
  "a callback of the host that spawns itself again for ever starves nobody (C118)",
  function* () {
    let calls = 0;
    let late: unknown;
    const closed = Promise.withResolvers<void>();
    yield* nursery(function* (n) {
      const again = () => {
        try {
          n.startSoon(Effect.sync(() => {
            calls++;
            queueMicrotask(again);
          }));
        } catch (error) {
          late = error;
          closed.resolve();
        }
      };
      again();
      for (let i = 0; i < 20; i++) yield* checkpoint;
      n.cancelScope.cancel();
      // The next child still takes its first step (R17); so the body ends here, and
      // once no child lives the nursery is closed.
    });
    yield* Effect.promise(() => closed.promise);
    assert(calls >= 19, `${calls} calls`);
    assert(late instanceof NurseryClosed);
  },
);

Deno.test("callbacks of the host that spawn are served first come, first served (C118)", async () => {
  const trail: number[] = [];
  await run(nursery(function* (n) {
    const all = Promise.withResolvers<void>();
    setTimeout(() => {
      for (let i = 0; i < 100; i++) {
        n.startSoon(Effect.sync(() => trail.push(i)));
      }
      all.resolve();
    }, 0);
    yield* Effect.promise(() => all.promise);
  }));
  assert.deepEqual(trail, Array.from({ length: 100 }, (_, i) => i));
});

Deno.test("tasks that never wait for the host let timers ring all the same (R23)", async () => {
  let rang = false;
  const timer = setTimeout(() => rang = true, 1);
  await run(moveOnAfter(2000, function* () {
    while (!rang) yield* checkpoint;
  }));
  clearTimeout(timer);
  assert.equal(rang, true);
});

scopeTest("code between two yields is never interrupted (R5)", function* () {
  const trail: string[] = [];
  yield* cancelScope(function* (scope) {
    scope.cancel();
    for (let i = 0; i < 3; i++) trail.push(`step ${i}`);
    yield* Effect.sync(() => trail.push("an operation that does not wait"));
    trail.push("still here");
    yield* checkpoint;
    trail.push("unreachable");
  });
  assert.equal(trail.at(-1), "still here");
});

scopeTest(
  "an operation that fails may or may not have been a checkpoint (R20)",
  function* () {
    const failing = Effect.fail("E");
    assert.equal(yield* isSchedulePoint(failing), false);
    const parked = new ParkingLot();
    parked.breakLot();
    assert.equal(yield* isSchedulePoint(parked.park), true);
  },
);
