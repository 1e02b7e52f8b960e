import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Option from "effect/Option";
import {
  type CancelScope,
  cancelScope,
  Future,
  type Nursery,
  nursery,
  sleep,
  sleepForever,
  taskPathOf,
} from "espalier";
import { scopeTest, virtualTest } from "../support/virtual_test.ts";

virtualTest(
  "a chain of 100,000 futures is worked off without a deep stack (R3, R18)",
  function* () {
    const { future, resolver } = Future.make<number>();
    const last = yield* nursery(function* (n) {
      let last: Effect.Effect<number> = future;
      for (let i = 0; i < 100_000; i++) {
        last = n.startSoon(Effect.map(last, (it) => it + 1));
      }
      yield* sleep(1);
      resolver.succeed(0);
      return yield* last;
    });
    assert.equal(last, 100_000);
  },
);

virtualTest("a tree of 20,000 nested nurseries ends", function* () {
  let ended = 0;
  const level = (depth: number): Effect.Effect<void> =>
    nursery(function* (n) {
      if (depth > 1) n.startSoon(level(depth - 1));
      yield* sleep(1);
      ended++;
    });
  yield* level(20_000);
  assert.equal(ended, 20_000);
});

scopeTest(
  "cancelling a tree of 20,000 nested nurseries loses no finalizer (R2, R27)",
  function* () {
    let finalizers = 0;
    const level = (depth: number): Effect.Effect<void> =>
      Effect.ensuring(
        nursery(function* (n) {
          if (depth > 1) n.startSoon(level(depth - 1));
          yield* sleepForever;
        }),
        Effect.sync(() => finalizers++),
      );
    const answer = yield* cancelScope(function* (scope) {
      yield* nursery(function* (n) {
        n.startSoon(level(20_000));
        yield* sleep(1);
        scope.cancel();
        assert.equal(finalizers, 0, "cancel() runs nobody (R3)");
      });
    });
    assert.equal(finalizers, 20_000);
    assert.deepEqual(answer, Option.none());
  },
);

virtualTest(
  "a failure at the bottom of 20,000 nested nurseries comes up once, with its path",
  function* () {
    let finalizers = 0;
    const level = (depth: number): Effect.Effect<void, string> =>
      Effect.ensuring(
        nursery(function* (n: Nursery<string>) {
          if (depth > 1) n.startSoon(level(depth - 1));
          yield* sleep(1);
          if (depth === 1) yield* Effect.fail("bottom");
          yield* sleepForever;
        }),
        Effect.sync(() => finalizers++),
      );
    const exit = yield* Effect.exit(level(20_000));
    assert(Exit.isFailure(exit));
    const failures = exit.cause.reasons.filter((it) => it._tag !== "Interrupt");
    assert.equal(failures.length, 1);
    assert.equal(finalizers, 20_000);
    assert.equal(taskPathOf(failures[0]!)?.split("/").length, 20_000);
  },
);

virtualTest(
  "thousands of nested scopes: cancelling one in the middle ends half of them (R2)",
  function* () {
    const depth = 10_000;
    let left = 0;
    let middle: CancelScope | undefined;
    const level = (rest: number): Effect.Effect<unknown> =>
      Effect.suspend(() =>
        cancelScope((scope) => {
          if (rest === depth / 2) middle = scope;
          return rest > 1
            ? Effect.andThen(level(rest - 1), Effect.sync(() => left++))
            : Effect.suspend(() => {
              middle?.cancel();
              return sleepForever;
            });
        })
      );
    yield* level(depth);
    assert.equal(left, depth / 2);
    assert.equal(middle?.cancelledCaught, true);
  },
);

virtualTest("cancelling 20,000 children runs every finalizer", function* () {
  let finalizers = 0;
  yield* cancelScope(function* (scope) {
    yield* nursery(function* (n) {
      const child = Effect.ensuring(
        sleepForever,
        Effect.sync(() => finalizers++),
      );
      for (let i = 0; i < 20_000; i++) n.startSoon(child);
      yield* sleep(1);
      scope.cancel();
    });
  });
  assert.equal(finalizers, 20_000);
});

virtualTest(
  "20,000 failures are kept without a quadratic search",
  function* () {
    const exit = yield* Effect.exit(nursery(function* (n: Nursery<number>) {
      for (let i = 0; i < 20_000; i++) n.startSoon(Effect.fail(i));
      yield* sleepForever;
    }));
    assert(Exit.isFailure(exit));
    const failures = exit.cause.reasons.filter((it) => it._tag === "Fail");
    assert.equal(failures.length, 20_000);
    const errors = new Set(failures.map(({ error }) => error));
    assert.equal(errors.size, 20_000);
  },
);

virtualTest(
  "children that start each other in their first step make no deep stack (R18)",
  function* () {
    let steps = 0;
    yield* nursery(function* (n) {
      const next = (rest: number): Effect.Effect<void> =>
        Effect.sync(() => {
          steps++;
          if (rest > 1) n.startSoon(next(rest - 1));
        });
      n.startSoon(next(100_000));
      yield* Effect.void;
    });
    assert.equal(steps, 100_000);
  },
);
