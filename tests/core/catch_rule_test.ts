import assert from "node:assert/strict";
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Option from "effect/Option";
import {
  CancelScope,
  cancelScope,
  checkpoint,
  checkpointIfCancelled,
  moveOnAfter,
  now,
  nursery,
  sleep,
  sleepForever,
} from "espalier";
import { scopeTest, virtualExit } from "../support/virtual_test.ts";

scopeTest(
  "the outermost cancelled scope that is visible catches (R9)",
  function* () {
    const outer = new CancelScope();
    const inner = new CancelScope();
    const answer = yield* outer.run(() =>
      inner.run(function* () {
        inner.cancel();
        outer.cancel();
        yield* checkpoint;
      })
    );
    assert.deepEqual(answer, Option.none());
    assert.equal(outer.cancelledCaught, true);
    assert.equal(inner.cancelledCaught, false);
  },
);

scopeTest(
  "an inner scope catches what its shield hides from the outer one (R9)",
  function* () {
    const outer = new CancelScope();
    const inner = new CancelScope({ shield: true });
    const trail: string[] = [];
    const answer = yield* outer.run(function* () {
      yield* inner.run(function* () {
        inner.cancel();
        outer.cancel();
        yield* checkpoint;
      });
      trail.push("between");
      yield* checkpointIfCancelled;
      trail.push("unreachable");
    });
    assert.deepEqual(answer, Option.none());
    assert.equal(inner.cancelledCaught, true);
    assert.deepEqual(trail, ["between"]);
  },
);

scopeTest(
  "a cancel of the outer scope while the interruption is on its way is honoured (R9)",
  function* () {
    const outer = new CancelScope();
    const inner = new CancelScope();
    yield* outer.run(() =>
      inner.run(() => {
        inner.cancel();
        return Effect.ensuring(sleepForever, Effect.sync(() => outer.cancel()));
      })
    );
    assert.equal(inner.cancelledCaught, false);
    assert.equal(outer.cancelledCaught, true);
  },
);

scopeTest(
  "a shield that is raised while the interruption is on its way is honoured (R9)",
  function* () {
    const outer = new CancelScope();
    const inner = new CancelScope();
    const trail: string[] = [];
    yield* outer.run(function* () {
      yield* inner.run(() => {
        inner.cancel();
        outer.cancel();
        return Effect.ensuring(
          sleepForever,
          Effect.sync(() => inner.shield = true),
        );
      });
      trail.push("inner caught");
      yield* checkpoint;
      trail.push("unreachable");
    });
    assert.deepEqual(trail, ["inner caught"]);
    assert.equal(inner.cancelledCaught, true);
    assert.equal(outer.cancelledCaught, true);
  },
);

scopeTest(
  "a shield that is raised after an abort succeeded does not take the interruption back (R9, R12)",
  function* () {
    const outer = new CancelScope();
    const inner = new CancelScope();
    const trail: string[] = [];
    yield* outer.run(() =>
      nursery(function* (n) {
        n.startSoon(() =>
          inner.run(() =>
            Effect.onInterrupt(
              sleepForever,
              () => Effect.sync(() => trail.push("interrupted")),
            )
          )
        );
        yield* sleep(1);
        outer.cancel();
        inner.shield = true;
      })
    );
    assert.deepEqual(trail, ["interrupted"]);
    // It was not the inner one's own: it went through.
    assert.equal(inner.cancelledCaught, false);
    assert.equal(outer.cancelledCaught, true);
  },
);

scopeTest(
  "a failure of a cancelled scope goes on, and only interruptions are absorbed (R9)",
  function* () {
    const scope = new CancelScope();
    const exit = yield* Effect.exit(scope.run(() => {
      scope.cancel();
      return Effect.ensuring(sleepForever, Effect.die("cleanup"));
    }));
    assert(Exit.isFailure(exit));
    assert.deepEqual(kinds(exit.cause), ["Die cleanup"]);
    assert.equal(scope.cancelledCaught, true);
  },
);

scopeTest(
  "a cancelled scope whose body merely fails caught nothing (R9)",
  function* () {
    const scope = new CancelScope();
    const exit = yield* Effect.exit(scope.run(function* () {
      scope.cancel();
      yield* Effect.fail("plain");
    }));
    assert(Exit.isFailure(exit));
    assert.deepEqual(kinds(exit.cause), ["Fail plain"]);
    assert.equal(scope.cancelledCaught, false);
  },
);

scopeTest(
  "a body that fails after cancel() without waiting keeps its failure (R9)",
  function* () {
    const exit = yield* Effect.exit(cancelScope((scope) => {
      scope.cancel();
      return Effect.fail("kept");
    }));
    assert(Exit.isFailure(exit));
    assert.deepEqual(kinds(exit.cause), ["Fail kept"]);
  },
);

scopeTest(
  "a body that is entered cancelled runs until it first waits (R17)",
  function* () {
    const scope = new CancelScope();
    scope.cancel();
    const trail: string[] = [];
    yield* scope.run(function* () {
      trail.push("entered");
      for (let i = 0; i < 100; i++) yield* Effect.sync(() => i);
      trail.push("still running");
      yield* Effect.sleep(1);
      trail.push("unreachable");
    });
    assert.deepEqual(trail, ["entered", "still running"]);
  },
);

scopeTest("what Effect waits in is a cancel point too", function* () {
  const waits = [
    Effect.never,
    Effect.sleep(1000),
    Effect.promise(() => new Promise(() => {})),
    Effect.yieldNow,
    Effect.callback<void>(() => {}),
  ];
  for (const wait of waits) {
    const answer = yield* cancelScope((scope) => {
      scope.cancel();
      return wait;
    });
    assert.deepEqual(answer, Option.none());
  }
});

scopeTest(
  "an interruption by Effect passes through a scope that nobody cancelled",
  function* () {
    const scope = new CancelScope();
    const trail: string[] = [];
    const late = yield* Effect.timeoutOption(
      scope.run(() =>
        Effect.onInterrupt(
          sleepForever,
          () => Effect.sync(() => trail.push("cleaned up")),
        )
      ),
      5,
    );
    assert.deepEqual(late, Option.none());
    assert.deepEqual(trail, ["cleaned up"]);
    assert.equal(scope.cancelCalled, false);
    assert.equal(scope.cancelledCaught, false);
  },
);

scopeTest(
  "an interruption by Effect passes through a scope that is cancelled as well",
  function* () {
    const scope = new CancelScope();
    const trail: string[] = [];
    const late = yield* Effect.timeoutOption(
      Effect.andThen(
        scope.run(() =>
          Effect.ensuring(sleepForever, Effect.sync(() => scope.cancel()))
        ),
        Effect.sync(() => trail.push("unreachable")),
      ),
      5,
    );
    assert.deepEqual(late, Option.none());
    assert.deepEqual(trail, []);
  },
);

scopeTest(
  "a scope that caught lets the task go on as if nothing had happened",
  function* () {
    for (let round = 0; round < 3; round++) {
      yield* moveOnAfter(1, sleepForever);
      yield* Effect.sleep(1);
      yield* sleep(1);
      const value = yield* Effect.timeout(Effect.as(sleep(1), round), 10);
      assert.equal(value, round);
    }
    assert.equal(now(), 12);
  },
);

scopeTest(
  "an outer cancellation that a shield hid arrives at the next wait after it",
  function* () {
    const trail: string[] = [];
    yield* cancelScope(function* (outer) {
      const inner = new CancelScope({ shield: true });
      yield* inner.run(function* () {
        outer.cancel();
        yield* sleep(1);
      });
      trail.push("after the shield");
      yield* sleep(1);
      trail.push("unreachable");
    });
    assert.deepEqual(trail, ["after the shield"]);
  },
);

Deno.test("self-interruption ends a task through its scopes and nurseries", async () => {
  const trail: string[] = [];
  const exit = await virtualExit(() =>
    Effect.ensuring(
      cancelScope(() => nursery(() => Effect.interrupt)),
      Effect.sync(() => trail.push("cleaned up")),
    )
  );
  assert(Exit.isFailure(exit));
  assert(Cause.hasInterruptsOnly(exit.cause));
  assert.deepEqual(trail, ["cleaned up"]);
});

function kinds(cause: Cause.Cause<unknown>): string[] {
  return cause.reasons.map((reason) =>
    reason._tag === "Fail"
      ? `Fail ${reason.error}`
      : reason._tag === "Die"
      ? `Die ${reason.defect}`
      : "Interrupt"
  );
}
