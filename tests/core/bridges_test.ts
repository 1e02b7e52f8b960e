import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import {
  CancelScope,
  fromPromise,
  Future,
  moveOnAfter,
  now,
  nursery,
  run,
  sleep,
  sleepForever,
} from "espalier";
import { allIdle } from "../../src/core/idleness.ts";
import { virtualTest } from "../support/virtual_test.ts";

const soon = () =>
  new Promise<string>((resolve) => setTimeout(resolve, 5, "came"));

virtualTest(
  "a clock that jumps does not jump past a promise in flight (R69)",
  function* () {
    const bodies = [
      fromPromise(soon),
      soon,
      Effect.suspend(() => Future.fromPromise(soon)),
    ];
    for (const body of bodies) {
      const came = yield* moveOnAfter("1 hour", body as Effect.Effect<string>);
      assert.deepEqual(came, Option.some("came"));
      assert.equal(now(), 0);
    }
  },
);

virtualTest(
  "a promise that waits for one of our futures is not in flight: the clock jumps (R69)",
  function* () {
    const value = yield* nursery(async (n) => {
      const child = n.startSoon(Effect.as(sleep("1 hour"), "slept"));
      return await child.promise();
    });
    assert.equal(value, "slept");
    assert.equal(now(), 3_600_000);
  },
);

virtualTest(
  "whatever becomes of a promise, it is counted out again (R69)",
  function* () {
    const rejects = () => Promise.reject(new Error("E"));
    yield* Effect.exit(fromPromise(rejects));
    yield* Effect.exit(fromPromise(() => {
      throw new Error("at once");
    }));
    yield* Effect.exit(Future.fromPromise(rejects));
    yield* Effect.timeoutOption(fromPromise(soon), 0);
    const abandoned = fromPromise(() => new Promise(() => {}), {
      onCancel: "abandon",
    });
    yield* Effect.raceFirst(abandoned, Effect.yieldNow);
    assert.equal(allIdle().mayJump, true);
  },
);

Deno.test("host code that cancels, settles or moves a deadline wakes the run (R69)", async () => {
  const wakes: ((scope: CancelScope) => void)[] = [
    (scope) => scope.cancel(),
    (scope) => {
      scope.deadline = 0;
    },
  ];
  for (const wake of wakes) {
    const scope = new CancelScope();
    setTimeout(() => wake(scope), 1);
    assert.deepEqual(await run(scope.run(sleepForever)), Option.none());
  }
  const { future, resolver } = Future.make<string>();
  setTimeout(() => resolver.succeed("settled"), 1);
  assert.equal(await run(future), "settled");
});
