import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Option from "effect/Option";
import {
  CancelScope,
  cancelScope,
  checkpoint,
  checkpointIfCancelled,
  now,
  nursery,
  run,
  ScopeReused,
  shield,
  shieldedCheckpoint,
  sleep,
  sleepForever,
} from "espalier";
import { VirtualClock } from "espalier/testing";
import { scopeTest } from "../support/virtual_test.ts";

scopeTest(
  "CancelScope.cancel() twice is the same as once (C031, R3, R10)",
  function* () {
    const scope = new CancelScope({ name: "twice" });
    const answer = yield* scope.run(function* () {
      scope.cancel("first");
      scope.cancel("second");
      yield* checkpoint;
    });

    assert.deepEqual(answer, Option.none());
    assert.equal(scope.cancelCalled, true);
    assert.equal(scope.cancelledCaught, true);
    assert.deepEqual(scope.cancellation?.reason, {
      _tag: "Explicit",
      message: "first",
    });
  },
);

scopeTest(
  "a cancelled scope cancels every wait, again and again (C032, R16)",
  function* () {
    const trail: string[] = [];
    const scope = new CancelScope();
    yield* scope.run(function* () {
      scope.cancel();
      // Effect lets nobody swallow an interruption; a region that it shields can
      // look at it, and meets it again in the next wait.
      yield* Effect.uninterruptibleMask((restore) =>
        Effect.gen(function* () {
          for (const wait of ["first", "second"]) {
            const exit = yield* Effect.exit(restore(sleepForever));
            if (Exit.hasInterrupts(exit)) trail.push(wait);
          }
        })
      );
      trail.push("unreachable");
    });

    assert.deepEqual(trail, ["first", "second"]);
    assert.equal(scope.cancelledCaught, true);
  },
);

scopeTest("catching does not clear a cancellation (R16)", function* () {
  const trail: string[] = [];
  yield* cancelScope(function* (scope) {
    scope.cancel();
    yield* Effect.catchCause(
      checkpoint,
      () => Effect.sync(() => trail.push("caught")),
    );
    trail.push("went on");
  });
  assert.deepEqual(trail, []);
});

scopeTest(
  "a shield keeps out the outer scope and nothing else (C034, R7)",
  function* () {
    const trail: string[] = [];
    const passes = Effect.map(
      Effect.exit(checkpointIfCancelled),
      Exit.isSuccess,
    );
    const outer = new CancelScope({ name: "outer" });
    const inner = new CancelScope({ name: "inner", shield: true });
    const answer = yield* outer.run(function* () {
      yield* inner.run(function* () {
        outer.cancel("outside");
        yield* checkpoint;
        trail.push("shielded");
        const innermost = yield* cancelScope(function* (scope) {
          scope.cancel();
          yield* checkpoint;
        });
        assert.deepEqual(innermost, Option.none());
        trail.push("an inner scope still acts");
        inner.shield = false;
        inner.shield = true;
        assert.equal(yield* passes, true);
        trail.push("toggled and shielded");
        inner.cancel("inside");
        yield* checkpoint;
        trail.push("unreachable");
      });
      trail.push("inner caught its own");
      assert.equal(inner.cancelledCaught, true);
      yield* checkpoint;
      trail.push("unreachable");
    });

    assert.deepEqual(answer, Option.none());
    assert.deepEqual(trail, [
      "shielded",
      "an inner scope still acts",
      "toggled and shielded",
      "inner caught its own",
    ]);
    assert.throws(() => {
      inner.shield = "yes" as never;
    }, TypeError);
    assert.equal(inner.shield, true);
  },
);

scopeTest("lowering a shield wakes what is blocked inside (R7)", function* () {
  const inner = new CancelScope({ shield: true });
  const answer = yield* cancelScope(function* (outer) {
    yield* nursery(function* (n) {
      n.startSoon(() => inner.run(sleepForever));
      n.startSoon(shield(function* () {
        yield* sleep(5);
        inner.shield = false;
      }));
      yield* sleep(1);
      outer.cancel();
    });
  });
  assert.deepEqual(answer, Option.none());
  assert.equal(inner.cancelCalled, false);
  assert.equal(inner.cancellation?.scope, "cancelScope");
  assert.equal(now(), 5);
});

scopeTest(
  "raising a shield saves what was not told yet (R2, R7)",
  function* () {
    const trail: string[] = [];
    const inner = new CancelScope();
    yield* cancelScope((outer) =>
      inner.run(function* () {
        outer.cancel();
        inner.shield = true;
        yield* sleep(5);
        trail.push("saved");
        inner.shield = false;
        yield* sleep(5);
        trail.push("unreachable");
      })
    );
    assert.deepEqual(trail, ["saved"]);
    assert.equal(now(), 5);
  },
);

scopeTest(
  "a deadline cancels what is blocked inside and nothing after it (C036, R4, R5)",
  function* () {
    const start = now();
    const blocked = new CancelScope({ deadline: start + 1 });
    const left = new CancelScope({ deadline: start + 1 });
    yield* left.run(Effect.void);
    assert.deepEqual(yield* blocked.run(sleep(2)), Option.none());
    assert.equal(now(), start + 1);
    yield* sleep(2);
    assert.equal(left.cancelCalled, false);

    const lowered = new CancelScope({ timeout: 1000 });
    const answer = yield* lowered.run(function* () {
      lowered.deadline = now() - 1;
      yield* checkpoint;
    });
    assert.deepEqual(answer, Option.none());
  },
);

scopeTest(
  "a scope that is cancelled after its last cancel point caught nothing (C038, R9)",
  function* () {
    const scope = new CancelScope();
    const answer = yield* scope.run(function* () {
      scope.cancel();
      yield* shieldedCheckpoint;
      return "value";
    });
    yield* checkpoint;

    assert.deepEqual(answer, Option.some("value"));
    assert.equal(scope.cancelCalled, true);
    assert.equal(scope.cancelledCaught, false);
  },
);

scopeTest(
  "a scope may be cancelled before another task enters it, or after (C040, R8)",
  function* () {
    const before = new CancelScope();
    before.cancel();
    const after = new CancelScope();
    const answers: unknown[] = [];
    yield* nursery(function* (n) {
      for (const scope of [before, after]) {
        n.startSoon(function* () {
          answers.push(
            yield* scope.run(function* () {
              yield* sleepForever;
            }),
          );
        });
      }
      yield* sleep(1);
      after.cancel();
    });
    assert.deepEqual(answers, [Option.none(), Option.none()]);
  },
);

scopeTest(
  "a scope may be shielded before it is entered (C040, R8)",
  function* () {
    const scope = new CancelScope();
    scope.shield = true;
    const trail: string[] = [];
    yield* cancelScope(function* (outer) {
      outer.cancel();
      yield* scope.run(function* () {
        yield* sleep(1);
        trail.push("shielded");
      });
    });
    assert.deepEqual(trail, ["shielded"]);
  },
);

scopeTest("a scope is good for one body (C041, R8)", function* () {
  const used = new CancelScope({ name: "used" });
  yield* used.run(Effect.void);
  const again = yield* Effect.exit(used.run(Effect.void));
  assert(Exit.isFailure(again));
  const [reason] = again.cause.reasons;
  assert(reason?._tag === "Die" && reason.defect instanceof ScopeReused);
  assert.equal(
    reason.defect.message,
    'Cannot enter cancel scope "used": it has been entered before',
  );

  const inUse = new CancelScope();
  yield* inUse.run(function* () {
    assert(Exit.hasDies(yield* Effect.exit(inUse.run(Effect.void))));
    yield* nursery(function* (n) {
      const other = n.startSoon(Effect.exit(inUse.run(Effect.void)));
      assert(Exit.hasDies(yield* other));
    });
  });

  used.cancel();
  assert.equal(used.cancelCalled, true);
  assert.equal(used.cancelledCaught, false);
});

Deno.test("scopes cannot be misnested: there is no enter and no exit (C043, C045, R11)", () => {
  const names = [
    ...Object.getOwnPropertyNames(CancelScope.prototype),
    ...Object.getOwnPropertySymbols(CancelScope.prototype),
  ].map(String);
  assert.deepEqual(names.sort(), [
    "cancel",
    "cancelCalled",
    "cancellation",
    "cancelledCaught",
    "constructor",
    "deadline",
    "run",
    "shield",
    "signal",
  ]);
});

Deno.test("CancelScope refuses what makes no sense and stays as it was (C046, R4)", () => {
  assert.throws(
    () => new CancelScope({ timeout: 1, deadline: 1 }),
    /^TypeError: Cannot make a cancel scope: /,
  );
  for (const timeout of [-1, NaN]) {
    assert.throws(() => new CancelScope({ timeout }), RangeError);
    assert.throws(() => cancelScope(Effect.void, { timeout }), RangeError);
  }
  assert.throws(() => new CancelScope({ deadline: NaN }), RangeError);
  const scope = new CancelScope({ deadline: 7 });
  assert.throws(() => {
    scope.deadline = NaN;
  }, RangeError);
  assert.equal(scope.deadline, 7);
  scope.deadline = -1;
  assert.equal(scope.deadline, -1);
});

Deno.test("a plain checkpoint sees a deadline that passed without a wait (C048, R5)", async () => {
  const clock = new VirtualClock();
  const trail: string[] = [];
  await run(function* () {
    yield* cancelScope(function* () {
      clock.advance(10);
      trail.push("advanced");
      yield* checkpoint;
      trail.push("unreachable");
    }, { timeout: 5 });
  }, { clock });
  assert.deepEqual(trail, ["advanced"]);
});

scopeTest("cancelCalled sees a deadline that passed (R4)", function* () {
  const scope = new CancelScope({ deadline: now() });
  assert.equal(scope.cancelCalled, false);
  yield* scope.run(Effect.sync(() => assert.equal(scope.cancelCalled, true)));
  assert.equal(scope.cancellation?.reason._tag, "DeadlinePassed");
});

Deno.test("outside a run cancelCalled reads the stored flag", () => {
  const scope = new CancelScope({ deadline: -1 });
  assert.equal(scope.cancelCalled, false);
  scope.cancel();
  assert.equal(scope.cancelCalled, true);
  assert.equal(scope.cancellation?.requestedBy, "host");
});

scopeTest(
  "deadline of a scope with a timeout counts from entry (C062, R4)",
  function* () {
    const scope = new CancelScope({ timeout: 10, name: "late" });
    for (
      const touch of [() => scope.deadline, () => {
        scope.deadline = 5;
      }]
    ) {
      assert.throws(touch, (error) =>
        error instanceof TypeError &&
        /^Cannot (read|write) the deadline of cancel scope "late": /.test(
          error.message,
        ));
    }
    yield* sleep(3);
    yield* scope.run(function* () {
      assert.equal(scope.deadline, now() + 10);
      yield* Effect.void;
    });
  },
);

scopeTest(
  "an absolute deadline is Infinity where there is none, and may be moved",
  function* () {
    const scope = new CancelScope();
    assert.equal(scope.deadline, Infinity);
    scope.deadline = now() + 5;
    const answer = yield* scope.run(function* () {
      yield* sleep(3);
      scope.deadline = now() + 10;
      yield* sleep(9);
      scope.deadline = Infinity;
      yield* sleep(1000);
      scope.deadline = now() + 1;
      yield* sleepForever;
    });
    assert.deepEqual(answer, Option.none());
    assert.equal(now(), 3 + 9 + 1000 + 1);
  },
);
