import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import {
  cancelScope,
  checkpoint,
  DeadlineExceeded,
  failAfter,
  failAt,
  moveOnAfter,
  moveOnAt,
  now,
  shield,
  sleep,
  sleepForever,
} from "espalier";
import { scopeTest } from "../support/virtual_test.ts";

scopeTest(
  "moveOnAfter() and moveOnAt() answer None when the time is over (C059)",
  function* () {
    const after = yield* moveOnAfter("1 second", sleepForever);
    const at = yield* moveOnAt(now() + 1_000, sleepForever);

    assert(Option.isNone(after));
    assert(Option.isNone(at));
    assert.equal(now(), 2_000);
  },
);

scopeTest(
  "moveOnAfter() and moveOnAt() answer the value of a body in time (C059)",
  function* () {
    const body = Effect.as(sleep(10), "in time");

    assert.deepEqual(
      [yield* moveOnAfter(20, body), yield* moveOnAt(now() + 20, body)],
      [Option.some("in time"), Option.some("in time")],
    );
    assert.equal(now(), 20);
  },
);

scopeTest(
  "failAfter() and failAt() fail when the time is over (C059)",
  function* () {
    const after = yield* Effect.flip(
      failAfter(1_000, sleepForever, { name: "ask" }),
    );
    const at = yield* Effect.flip(failAt(now() + 500, sleepForever));

    assert(after instanceof DeadlineExceeded);
    assert.equal(after.message, 'Cannot finish "ask" within 1000 ms');
    assert(at instanceof DeadlineExceeded);
    assert.equal(at.budget, 500);
    assert.equal(now(), 1_500);
  },
);

scopeTest(
  "failAfter() and failAt() answer the value of a body in time (C059)",
  function* () {
    const body = Effect.as(sleep(10), "in time");

    assert.equal(yield* failAfter(20, body), "in time");
    assert.equal(yield* failAt(now() + 20, body), "in time");
  },
);

scopeTest(
  "failAfter() fails after its timeout even if it is a shield (C058)",
  function* () {
    const late = yield* Effect.flip(
      failAfter("1 second", sleepForever, { shield: true }),
    );

    assert.equal(late._tag, "DeadlineExceeded");
    assert.equal(now(), 1_000);
  },
);

scopeTest(
  "failAfter() does not take a cancellation from outside for being late",
  function* () {
    const stopped = yield* cancelScope(function* (scope) {
      scope.deadline = now() + 10;
      return yield* failAfter(1_000, sleepForever);
    });

    assert(Option.isNone(stopped));
    assert.equal(now(), 10);
  },
);

scopeTest(
  "failAfter() is not late for a body that ends without waiting again (R9)",
  function* () {
    const kept = yield* failAfter(10, function* () {
      yield* Effect.uninterruptible(sleep(20));
      return "kept";
    });

    assert.equal(kept, "kept");
  },
);

scopeTest(
  "failAfter() keeps a failure that comes out while it is late",
  function* () {
    const broken = Effect.ensuring(sleepForever, Effect.die("broken cleanup"));

    const exit = yield* Effect.exit(failAfter(10, broken));

    assert(exit._tag === "Failure");
    assert.deepEqual(exit.cause.reasons.map((reason) => reason._tag), ["Die"]);
  },
);

scopeTest(
  "moveOnAt() a moment that has passed cancels at the first checkpoint (R4, C060)",
  function* () {
    yield* sleep(10);

    const reached: string[] = [];
    const late = yield* moveOnAt(5, function* () {
      reached.push("first step");
      yield* checkpoint;
      reached.push("second step");
    });

    assert(Option.isNone(late));
    assert.deepEqual(reached, ["first step"]);
  },
);

scopeTest(
  "shield() keeps a deadline from outside out until it has ended",
  function* () {
    const trail: number[] = [];
    const stopped = yield* moveOnAfter(5, function* () {
      yield* shield(sleep(20));
      trail.push(now());
      yield* checkpoint;
      trail.push(-1);
    });

    assert(Option.isNone(stopped));
    assert.deepEqual(trail, [20]);
  },
);

scopeTest("shield() with a budget fails when it is used up", function* () {
  const late = yield* Effect.flip(shield(sleepForever, { within: 30 }));

  assert.equal(late._tag, "DeadlineExceeded");
  assert.equal(now(), 30);
});

for (
  const [name, call] of Object.entries({
    "moveOnAfter()": () => moveOnAfter(-1, Effect.void),
    "failAfter()": () => failAfter(NaN, Effect.void),
    "moveOnAt()": () => moveOnAt(NaN, Effect.void),
    "failAt()": () => failAt(NaN, Effect.void),
    "shield()": () => shield(Effect.void, { within: -1 }),
    "cancelScope()": () => cancelScope(Effect.void, { timeout: -1 }),
  })
) {
  Deno.test(`${name} refuses a time that is negative or NaN at the call (C060)`, () => {
    assert.throws(call, (error) => {
      assert(error instanceof RangeError);
      assert.match(error.message, /^Cannot .*: received (-1|NaN)$/);
      return true;
    });
  });
}
