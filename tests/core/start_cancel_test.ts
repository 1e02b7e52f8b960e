import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Option from "effect/Option";
import {
  CancelScope,
  cancelScope,
  checkpoint,
  ExitedWithoutStarting,
  now,
  type Nursery,
  nursery,
  shield,
  sleep,
  sleepForever,
  type TaskStatus,
} from "espalier";
import { scopeTest } from "../support/virtual_test.ts";

const ready = (s: number) =>
  function* (status: TaskStatus<number>) {
    yield* sleep(s);
    status.started(s);
    yield* sleep(s);
  };

scopeTest(
  "started() under a cancelled caller: the child stays, its value comes out (R37)",
  function* () {
    const trail: string[] = [];
    yield* nursery(function* (target) {
      const scope = new CancelScope();
      const answer = yield* scope.run(() =>
        target.start((status: TaskStatus<string>) => {
          scope.cancel();
          status.started("value");
          assert.equal(target.children.length, 0);
          return Effect.void;
        })
      );
      assert.deepEqual(answer, Option.some("value"));
      trail.push("came out");
    });
    assert.deepEqual(trail, ["came out"]);
  },
);

scopeTest(
  "started() under a cancelled caller: a child that waits is cancelled and the value discarded (R37)",
  function* () {
    const trail: string[] = [];
    yield* nursery(function* (target) {
      const scope = new CancelScope();
      const answer = yield* scope.run(() =>
        target.start(function* (status: TaskStatus<string>) {
          scope.cancel();
          status.started("value");
          try {
            yield* sleep(1);
            trail.push("unreachable");
          } finally {
            trail.push("cancelled");
          }
        })
      );
      assert.deepEqual(answer, Option.none());
      assert.throws(() => assert.equal(target.isClosed, true));
    });
    assert.deepEqual(trail, ["cancelled"]);
  },
);

scopeTest(
  "started() under a cancelled caller: a later failure comes out of start() (R37)",
  function* () {
    yield* nursery(function* (target: Nursery<string>) {
      const scope = new CancelScope();
      const exit = yield* Effect.exit(
        scope.run(() =>
          target.start(function* (status: TaskStatus<string>) {
            scope.cancel();
            status.started("value");
            yield* Effect.fail("late");
          })
        ),
      );
      assert(Exit.isFailure(exit));
      assert.equal(Exit.hasFails(exit), true);
      assert.equal(target.cancelScope.cancelCalled, false);
    });
  },
);

scopeTest(
  "cancelling the target ends a pending start, after the child's cleanup (R39)",
  function* () {
    const trail: string[] = [];
    const targets: Nursery[] = [];
    yield* nursery(function* (n) {
      n.startSoon(() =>
        nursery(function* (target) {
          targets.push(target);
          yield* sleep(5);
          target.cancelScope.cancel("not needed");
        })
      );
      yield* checkpoint;
      const error = yield* Effect.flip(targets[0]!.start(() =>
        Effect.ensuring(
          sleepForever,
          Effect.andThen(
            sleep(10),
            Effect.sync(() => trail.push("cleaned up")),
          ),
        )
      ));
      assert(error instanceof ExitedWithoutStarting);
      assert.deepEqual(error.cancellation?.reason, {
        _tag: "Explicit",
        message: "not needed",
      });
      assert.match(error.message, /not needed/);
      trail.push(`failed at ${now()}`);
    });
    assert.deepEqual(trail, ["cleaned up", "failed at 15"]);
  },
);

scopeTest(
  "caller and target cancelled in one step: the caller's cancellation counts (R37, R39)",
  function* () {
    const answer = yield* cancelScope(function* (scope) {
      yield* nursery(function* (target) {
        target.startSoon(function* () {
          yield* sleep(1);
          target.cancelScope.cancel();
          scope.cancel();
        });
        yield* Effect.flip(target.start(() => sleepForever));
      });
    });
    assert.deepEqual(answer, Option.none());
  },
);

scopeTest(
  "start() into a target that is cancelled already wakes the child that moved (R36)",
  function* () {
    const trail: string[] = [];
    const targets: Nursery[] = [];
    yield* nursery(function* (n) {
      n.startSoon(() =>
        nursery(function* (target) {
          targets.push(target);
          target.startSoon(shield(() => sleep(10)));
          target.cancelScope.cancel();
          yield* Effect.void;
        })
      );
      yield* sleep(1);
      const value = yield* targets[0]!.start((status: TaskStatus<string>) => {
        status.started("ready");
        return Effect.onInterrupt(
          sleepForever,
          () => Effect.sync(() => trail.push(`woken at ${now()}`)),
        );
      });
      assert.equal(value, "ready");
    });
    assert.deepEqual(trail, ["woken at 1"]);
  },
);

scopeTest(
  "start() where Effect shields the caller shields the child until it has started",
  function* () {
    const trail: string[] = [];
    yield* nursery(function* (target) {
      yield* cancelScope((scope) => {
        scope.cancel();
        return Effect.ensuring(
          sleepForever,
          Effect.orDie(Effect.map(
            target.start(ready(5)),
            (value) => trail.push(`ready after ${value} at ${now()}`),
          )),
        );
      });
      trail.push(`left at ${now()}`);
    });
    assert.deepEqual(trail, ["ready after 5 at 5", "left at 5"]);
    assert.equal(now(), 10);
  },
);

scopeTest(
  "Effect.timeout around start() ends it after the child's cleanup",
  function* () {
    const trail: string[] = [];
    yield* nursery(function* (target) {
      const late = yield* Effect.timeoutOption(
        target.start(() =>
          Effect.onInterrupt(
            sleepForever,
            () =>
              Effect.andThen(sleep(5), Effect.sync(() => trail.push("gone"))),
          )
        ),
        5,
      );
      assert.deepEqual(late, Option.none());
      assert.equal(now(), 10);
    });
    assert.deepEqual(trail, ["gone"]);
  },
);
