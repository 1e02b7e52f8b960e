import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import {
  cancelScope,
  moveOnAfter,
  now,
  nursery,
  sleep,
  sleepForever,
} from "espalier";
import { scopeTest } from "../support/virtual_test.ts";

scopeTest(
  "Effect.timeout in a finalizer runs our operations although the scope is cancelled",
  function* () {
    const trail: unknown[] = [];
    yield* cancelScope((scope) =>
      Effect.ensuring(
        cancelAndWait(scope),
        Effect.gen(function* () {
          const slept = Effect.as(sleep(10), "slept");
          trail.push(yield* Effect.timeoutOption(slept, 100));
          trail.push(yield* Effect.timeoutOption(moveOnAfter(5, slept), 100));
          trail.push(yield* Effect.timeoutOption(moveOnAfter(50, slept), 5));
        }),
      )
    );

    assert.deepEqual(trail, [
      Option.some("slept"),
      Option.some(Option.none()),
      Option.none(),
    ]);
    assert.equal(now(), 20);
  },
);

scopeTest(
  "Effect.all in a finalizer runs our scopes although the scope is cancelled",
  function* () {
    const trail: unknown[] = [];
    yield* cancelScope((scope) =>
      Effect.ensuring(
        cancelAndWait(scope),
        Effect.gen(function* () {
          const slept = Effect.as(sleep(10), "slept");
          trail.push(
            ...yield* Effect.all([
              moveOnAfter(100, slept),
              moveOnAfter(5, slept),
            ], {
              concurrency: 2,
            }),
          );
        }),
      )
    );

    assert.deepEqual(trail, [Option.some("slept"), Option.none()]);
  },
);

function cancelAndWait(scope: { cancel(): void }): Effect.Effect<never> {
  return Effect.suspend(() => {
    scope.cancel();
    return sleepForever;
  });
}

scopeTest(
  "what follows a nursery in a fiber that Effect forked in a shielded region is shielded too",
  function* () {
    const trail: string[] = [];
    yield* moveOnAfter(5, () =>
      Effect.uninterruptible(Effect.timeoutOption(
        Effect.gen(function* () {
          yield* nursery(function* (n) {
            n.startSoon(sleep(10));
            yield* Effect.void;
          });
          yield* sleep(10);
          trail.push(`done at ${now()}`);
        }),
        1000,
      )));
    assert.deepEqual(trail, ["done at 20"]);
  },
);
