import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Option from "effect/Option";
import {
  cancelScope,
  checkpoint,
  currentEffectiveDeadline,
  DeadlineExceeded,
  failAfter,
  failAt,
  moveOnAfter,
  moveOnAt,
  now,
  shield,
  sleep,
  sleepForever,
  sleepUntil,
} from "espalier";
import { scopeTest } from "../support/virtual_test.ts";

scopeTest(
  "moveOnAfter() and moveOnAt() answer None when the time is over, else the value",
  function* () {
    assert.deepEqual(yield* moveOnAfter(5, sleepForever), Option.none());
    assert.equal(now(), 5);
    assert.deepEqual(yield* moveOnAt(8, sleepForever), Option.none());
    assert.equal(now(), 8);
    assert.deepEqual(yield* moveOnAfter(5, Effect.succeed(1)), Option.some(1));
    assert.deepEqual(
      yield* moveOnAt(now() + 5, Effect.as(sleep(1), 2)),
      Option.some(2),
    );
  },
);

scopeTest(
  "moveOnAfter() counts from when it runs, each time anew",
  function* () {
    const late = moveOnAfter(5, sleepForever);
    yield* sleep(100);
    assert.deepEqual(yield* late, Option.none());
    assert.deepEqual(yield* late, Option.none());
    assert.equal(now(), 110);
  },
);

scopeTest(
  "a body that ends without waiting again keeps its value, however late (R9)",
  function* () {
    const kept = yield* moveOnAt(now() - 1, () => Effect.succeed("kept"));
    assert.deepEqual(kept, Option.some("kept"));
  },
);

scopeTest(
  "failAfter() and failAt() fail with DeadlineExceeded when the time is over (C059)",
  function* () {
    const late = yield* Effect.flip(
      failAfter(5, sleepForever, { name: "ask" }),
    );
    assert(late instanceof DeadlineExceeded);
    assert.equal(late.message, 'Cannot finish "ask" within 5 ms');
    assert.equal(now(), 5);
    const at = yield* Effect.flip(failAt(12, sleepForever));
    assert(at instanceof DeadlineExceeded);
    assert.equal(at.budget, 7);
    assert.equal(yield* failAfter(5, Effect.succeed(1)), 1);
    assert.equal(yield* failAt(now() + 5, Effect.succeed(2)), 2);
  },
);

scopeTest("failAfter() fails after the cleanup of its body", function* () {
  const trail: string[] = [];
  yield* Effect.flip(failAfter(5, () =>
    Effect.ensuring(
      sleepForever,
      Effect.andThen(sleep(20), Effect.sync(() => trail.push("cleaned up"))),
    )));
  assert.deepEqual(trail, ["cleaned up"]);
  assert.equal(now(), 25);
});

scopeTest("failAfter() fails although it is shielded (C058)", function* () {
  const error = yield* Effect.flip(
    failAfter(1, sleep(10), { shield: true }),
  );
  assert(error instanceof DeadlineExceeded);
  assert.equal(now(), 1);
});

scopeTest(
  "failAfter(): a cancellation from outside passes through and is not too slow",
  function* () {
    const trail: string[] = [];
    const answer = yield* moveOnAfter(
      1,
      () =>
        Effect.catchTag(
          failAfter(10, sleepForever),
          "DeadlineExceeded",
          () => Effect.sync(() => trail.push("too slow")),
        ),
    );
    assert.deepEqual(answer, Option.none());
    assert.deepEqual(trail, []);
  },
);

scopeTest(
  "failAfter(): a failure of the late body outranks being late",
  function* () {
    const exit = yield* Effect.exit(
      failAfter(1, () => Effect.ensuring(sleepForever, Effect.die("cleanup"))),
    );
    assert(Exit.hasDies(exit));
  },
);

scopeTest(
  "an inner deadline that is later than the outer one never strikes",
  function* () {
    const trail: string[] = [];
    yield* moveOnAfter(5, function* () {
      yield* moveOnAfter(10, sleepForever);
      trail.push("unreachable");
    });
    assert.deepEqual(trail, []);
    assert.equal(now(), 5);
  },
);

Deno.test("timeouts refuse what is negative or NaN, at the call; a deadline in the past is fine (C060)", () => {
  const bodies = Effect.void;
  for (const bad of [-1, NaN, "-3 seconds"] as number[]) {
    assert.throws(() => moveOnAfter(bad, bodies), RangeError);
    assert.throws(() => failAfter(bad, bodies), RangeError);
    assert.throws(() => shield(bodies, { within: bad }), RangeError);
    assert.throws(() => sleep(bad), RangeError);
  }
  for (
    const at of [moveOnAt, failAt] as ((
      deadline: number,
      body: Effect.Effect<void>,
    ) => unknown)[]
  ) {
    assert.throws(
      () => at(NaN, bodies),
      (error) =>
        error instanceof RangeError && /^Cannot .+: .+/.test(error.message),
    );
    at(-Infinity, bodies);
  }
  sleepUntil(-1);
});

scopeTest("a timeout of Infinity, and one of months, are fine", function* () {
  assert.equal(yield* failAfter(Infinity, Effect.as(sleep(1), 1)), 1);
  assert.equal(yield* failAfter("400 days", Effect.as(sleep(1), 2)), 2);
});

scopeTest(
  "shield() keeps cancellations out until its body has ended",
  function* () {
    const trail: string[] = [];
    yield* moveOnAfter(1, function* () {
      trail.push(yield* shield(Effect.as(sleep(10), `until ${10}`)));
      yield* checkpoint;
      trail.push("unreachable");
    });
    assert.deepEqual(trail, ["until 10"]);
    assert.equal(now(), 10);
  },
);

scopeTest("shield() keeps Effect's own interruption out as well", function* () {
  const trail: string[] = [];
  const late = yield* Effect.timeoutOption(
    shield(Effect.andThen(sleep(10), Effect.sync(() => trail.push("done")))),
    1,
  );
  assert.deepEqual(late, Option.none());
  assert.deepEqual(trail, ["done"]);
});

scopeTest("shield(within) gives cleanup a budget (R43)", function* () {
  const trail: unknown[] = [];
  yield* moveOnAfter(1, () =>
    Effect.ensuring(
      sleepForever,
      Effect.map(
        Effect.flip(shield(sleepForever, { within: 2 })),
        (error) => trail.push(error instanceof DeadlineExceeded, now()),
      ),
    ));
  assert.deepEqual(trail, [true, 3]);
});

scopeTest(
  "shield(): what must run although cancelled belongs in a finalizer",
  function* () {
    const trail: string[] = [];
    yield* cancelScope(function* (scope) {
      scope.cancel();
      yield* checkpoint;
      yield* shield(Effect.sync(() => trail.push("never entered")));
    });
    assert.deepEqual(trail, []);
  },
);

scopeTest("a failure of a shielded body comes out", function* () {
  assert.equal(yield* Effect.flip(shield(Effect.fail("E"))), "E");
});

scopeTest(
  "an acquired resource is released before its scope has ended (R44)",
  function* () {
    const trail: string[] = [];
    const resource = Effect.acquireRelease(
      Effect.as(sleep(1), "resource"),
      () => Effect.andThen(sleep(5), Effect.sync(() => trail.push("released"))),
    );
    yield* moveOnAfter(
      3,
      () => Effect.scoped(Effect.andThen(resource, sleepForever)),
    );
    assert.deepEqual(trail, ["released"]);
    // Cancelled while it acquires: acquiring is shielded, so it is released.
    yield* moveOnAfter(
      0,
      () => Effect.scoped(Effect.andThen(resource, sleepForever)),
    );
    assert.deepEqual(trail, ["released", "released"]);
  },
);

scopeTest(
  "currentEffectiveDeadline() is the earliest up to a shield (R6)",
  function* () {
    yield* cancelScope(function* () {
      assert.equal(currentEffectiveDeadline(), 50);
      yield* cancelScope(function* (inner) {
        assert.equal(currentEffectiveDeadline(), 50);
        inner.shield = true;
        assert.equal(currentEffectiveDeadline(), 70);
        inner.cancel();
        assert.equal(currentEffectiveDeadline(), -Infinity);
        yield* Effect.void;
      }, { deadline: 70 });
      assert.equal(currentEffectiveDeadline(), 50);
    }, { deadline: 50 });
    assert.equal(currentEffectiveDeadline(), Infinity);
  },
);
