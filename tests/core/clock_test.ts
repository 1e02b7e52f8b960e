import assert from "node:assert/strict";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import {
  cancelScope,
  moveOnAfter,
  moveOnAt,
  NotInRun,
  now,
  nursery,
  run,
  sleep,
  sleepForever,
  sleepUntil,
} from "espalier";
import { VirtualClock } from "espalier/testing";
import { scopeTest, virtualTest } from "../support/virtual_test.ts";

virtualTest(
  "sleep() and sleepUntil() wait at least as long as told (C056)",
  function* () {
    for (
      const [duration, ms] of [[5, 5], ["2 seconds", 2000], [
        Duration.minutes(1),
        60_000,
      ]] as const
    ) {
      const start = now();
      yield* sleep(duration);
      assert.equal(now() - start, ms);
    }
    const start = now();
    yield* sleepUntil(start + 7);
    assert.equal(now() - start, 7);
  },
);

scopeTest(
  "sleep(0) is a schedule point and a cancel point (C056, R19)",
  function* () {
    const trail: string[] = [];
    yield* nursery(function* (n) {
      n.startSoon(Effect.sync(() => trail.push("other")));
      yield* sleep(0);
      trail.push("sleeper");
    });
    assert.deepEqual(trail, ["other", "sleeper"]);

    const expired = yield* moveOnAfter(0, () => sleep(0));
    assert.deepEqual(expired, Option.none());
    const past = yield* moveOnAt(-5, () => sleepUntil(-10));
    assert.deepEqual(past, Option.none());
  },
);

scopeTest(
  "sleepUntil() a moment that has passed is a checkpoint (R19, C060)",
  function* () {
    const trail: string[] = [];
    yield* nursery(function* (n) {
      n.startSoon(Effect.sync(() => trail.push("other")));
      yield* sleepUntil(-Infinity);
      trail.push("sleeper");
    });
    assert.deepEqual(trail, ["other", "sleeper"]);
  },
);

Deno.test("sleep() refuses durations that are negative or NaN, at the call (C060)", () => {
  for (const bad of [-1, NaN, -Infinity, "-1 second", "a while"]) {
    assert.throws(
      () => sleep(bad as number),
      (error) =>
        error instanceof RangeError && /^Cannot sleep: /.test(error.message),
    );
  }
  assert.throws(() => sleepUntil(NaN), RangeError);
  assert.throws(() => sleepUntil("soon" as never), RangeError);
});

scopeTest("sleep(Infinity) waits until it is cancelled", function* () {
  const waited = yield* moveOnAfter(1e15, () => sleep(Infinity));
  assert.deepEqual(waited, Option.none());
  assert.equal(now(), 1e15);
});

scopeTest("sleepForever ends only by cancellation (C063)", function* () {
  const ended = yield* moveOnAfter(1e9, () => sleepForever);
  assert.deepEqual(ended, Option.none());
});

virtualTest("nobody can wake a task in sleepForever (C063)", function* () {
  // There is no call that reschedules a task by hand: neither the Effect nor the
  // task and the future behind it has one.
  yield* nursery(function* (n) {
    const sleeper = n.startSoon(sleepForever, { name: "sleeper" });
    yield* sleep(1);
    for (const handle of [sleeper, n.children[0]!]) {
      for (
        const verb of ["resume", "wake", "reschedule", "settle", "succeed"]
      ) {
        assert.equal(Reflect.get(handle, verb), undefined);
      }
    }
    assert.equal(n.children[0]?.waitingFor, "sleepForever");
    n.cancelScope.cancel();
  }, { onCancelled: () => undefined });
});

Deno.test("now() outside a run is a usage error (C006)", async () => {
  assert.throws(() => now(), {
    _tag: "NotInRun",
    message: "Cannot read the run clock: no task is running here",
  });
  await run(async () => {
    assert.equal(typeof now(), "number");
    await Promise.resolve();
    assert.throws(() => now(), NotInRun);
  });
  await run(function* () {
    const { promise, resolve } = Promise.withResolvers<void>();
    setTimeout(() => {
      assert.throws(() => now(), NotInRun);
      resolve();
    }, 0);
    yield* Effect.promise(() => promise);
  });
});

Deno.test("now() reads the clock of the run", async () => {
  const clock = new VirtualClock({ start: 12.5 });
  assert.equal(await run(Effect.sync(now), { clock }), 12.5);
});

virtualTest(
  "sleepers with one wake-up time wake in the order in which they went to sleep",
  function* () {
    const trail: number[] = [];
    yield* nursery(function* (n) {
      for (let i = 0; i < 20; i++) {
        n.startSoon(function* () {
          yield* sleep(10);
          trail.push(i);
        });
      }
      yield* sleep(1);
    });
    assert.deepEqual(trail, [...trail].sort((a, b) => a - b));
    assert.equal(trail.length, 20);
  },
);

virtualTest("Effect's own sleeps go by the run clock too", function* () {
  const start = now();
  yield* Effect.sleep("3 days");
  assert.equal(now() - start, 3 * 86_400_000);
});

virtualTest("thousands of sleepers wake each at its time", function* () {
  const woken: number[] = [];
  const delays = Array.from({ length: 5000 }, (_, i) => (i * 7919) % 5003 + 1);
  yield* nursery(function* (n) {
    for (const delay of delays) {
      n.startSoon(function* () {
        const start = now();
        yield* sleep(delay);
        assert.equal(now() - start, delay);
        woken.push(now());
      });
    }
    yield* sleep(0);
  });
  assert.equal(woken.length, delays.length);
  assert.deepEqual(woken, [...woken].sort((a, b) => a - b));
});

scopeTest("a sleeper that is cancelled leaves no timer behind", function* () {
  const clock = now();
  yield* cancelScope(function* (scope) {
    yield* nursery(function* (n) {
      n.startSoon(sleep("1 hour"));
      yield* sleep(1);
      scope.cancel();
    });
  });
  yield* sleep(1);
  assert.equal(now() - clock, 2);
});
