import assert from "node:assert/strict";
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import {
  checkpoint,
  fromPromise,
  Future,
  moveOnAfter,
  now,
  nursery,
  run,
  sleep,
} from "espalier";
import { VirtualClock } from "espalier/testing";

Deno.test("VirtualClock stands still until it is moved (R71)", async () => {
  const clock = new VirtualClock({ start: 100 });
  let isAwake = false;
  const slept = run(function* () {
    yield* sleep(10);
    isAwake = true;
    return now();
  }, { clock });

  await turns(3);
  clock.advance(9.5);
  await turns(3);
  assert.equal(isAwake, false);
  clock.advance("500 micros");

  assert.equal(await slept, 110);
});

Deno.test("VirtualClock.advance() runs nobody inside the call (R18)", async () => {
  const clock = new VirtualClock();
  const trail: string[] = [];
  const body = (sleep: Effect.Effect<void>, name: string) =>
    Effect.andThen(sleep, Effect.sync(() => trail.push(name)));
  const slept = run(
    nursery(function* (n) {
      n.startSoon(body(sleep(5), "ours"));
      n.startSoon(body(Effect.sleep(5), "native"));
      yield* checkpoint;
    }),
    { clock },
  );
  await turns(3);

  clock.advance(5);
  trail.push("advanced");
  await slept;

  assert.deepEqual(trail, ["advanced", "ours", "native"]);
});

Deno.test("VirtualClock.advance() wakes in the order of time, then of arrival (R71)", async () => {
  const clock = new VirtualClock();
  const trail: string[] = [];
  const plan = [["b", 5], ["a", 2], ["c", 5], ["d", 5], ["e", 9]] as const;
  const slept = run(
    nursery(function* (n) {
      for (const [name, ms] of plan) {
        const wait = name === "c" ? Effect.sleep(ms) : sleep(ms);
        n.startSoon(
          Effect.andThen(wait, Effect.sync(() => trail.push(name))),
        );
      }
      yield* checkpoint;
    }),
    { clock },
  );
  await turns(3);

  clock.advance(100);
  await slept;

  assert.deepEqual(trail.filter((name) => name !== "c").join(""), "abde");
  assert.equal(clock.now(), 100);
});

Deno.test("VirtualClock.jumpTo() never goes back, and refuses what is no moment", () => {
  const clock = new VirtualClock({ start: 7 });

  clock.jumpTo(3);

  assert.equal(clock.now(), 7);
  assert.throws(() => clock.jumpTo(NaN), RangeError);
  assert.throws(() => clock.advance(-1), RangeError);
  assert.throws(() => clock.advance(NaN), RangeError);
  assert.throws(() => clock.advance(Infinity), RangeError);
  assert.throws(() => new VirtualClock({ autojump: -1 }), RangeError);
  assert.throws(() => new VirtualClock({ start: NaN }), RangeError);
  assert.throws(() => new VirtualClock({ start: Infinity }), RangeError);
  assert.throws(
    () => new VirtualClock({ autojump: "always" as unknown as true }),
    /it must be a boolean or a number: received "always"/,
  );
  assert.throws(() => {
    clock.autojump = NaN;
  }, RangeError);
  assert.equal(clock.autojump, false);
});

Deno.test("VirtualClock.autojump keeps virtual time exact over hours of sleep (C108)", async () => {
  const clock = new VirtualClock({ autojump: true });
  const started = performance.now();

  await run(function* () {
    for (let seconds = 0; seconds <= 90; seconds++) {
      const before = now();
      yield* sleep(seconds * 1000);
      assert.equal(now() - before, seconds * 1000);
    }
  }, { clock });

  assert.equal(clock.now(), 4_095_000);
  assert.ok(performance.now() - started < 1000);
});

Deno.test("VirtualClock.autojump takes effect at once, also while everything waits (C108)", async () => {
  const clock = new VirtualClock({ autojump: 1_000_000 });
  const slept = run(() => sleep("1 day"), { clock });
  await turns(5);
  assert.equal(clock.now(), 0);

  clock.autojump = 0;
  await slept;
  assert.equal(clock.now(), 86_400_000);

  const again = run(() => sleep("1 day"), { clock });
  clock.autojump = false;
  await turns(5);
  assert.equal(clock.now(), 86_400_000);
  clock.autojump = true;
  await again;
});

Deno.test("VirtualClock.autojump waits for its threshold in real time (C104)", async () => {
  const clock = new VirtualClock({ autojump: 20 });
  const started = performance.now();

  await run(() => sleep("1 hour"), { clock });

  assert.ok(performance.now() - started >= 19);
});

Deno.test("VirtualClock.autojump does not jump past a promise in flight (R69)", async () => {
  const clock = new VirtualClock({ autojump: true });
  const { promise, resolve } = Promise.withResolvers<void>();
  setTimeout(resolve, 15);

  const [answered, deadline] = await run(
    nursery(function* (n) {
      const late = n.startSoon(moveOnAfter(1000, () => sleep(5000)));
      yield* fromPromise(() => promise);
      const answered = now();
      yield* late;
      return [answered, now()] as const;
    }),
    { clock },
  );

  assert.deepEqual([answered, deadline], [0, 1000]);
});

Deno.test("VirtualClock.autojump jumps for a promise that waits for one of our futures (R69)", async () => {
  const clock = new VirtualClock({ autojump: true });

  const slept = await run(
    nursery(function* (n) {
      const future = n.startSoon(() => sleep(3000));
      return yield* fromPromise(() => future.promise().then(() => "slept"));
    }),
    { clock },
  );

  assert.deepEqual([slept, clock.now()], ["slept", 3000]);
});

Deno.test("VirtualClock drives the clock and the sleeps of Effect", async () => {
  const clock = new VirtualClock({ start: 1, autojump: true });

  const read = await run(function* () {
    yield* Effect.sleep("2 seconds");
    return [
      yield* Clock.currentTimeMillis,
      yield* Clock.currentTimeNanos,
    ] as const;
  }, { clock });

  assert.deepEqual(read, [2001, 2_001_000_000n]);
});

Deno.test("VirtualClock forgets a native sleep that was interrupted", async () => {
  const clock = new VirtualClock({ autojump: true });

  await run(moveOnAfter(5, Effect.sleep(1000)), { clock });

  assert.deepEqual([clock.now(), clock.nextEvent()], [5, Infinity]);
});

Deno.test("a VirtualClock that no run uses changes nothing (R71)", async () => {
  const idle = new VirtualClock({ autojump: true });
  const clock = new VirtualClock({ autojump: true });

  await run(() => sleep(10), { clock });
  idle.advance(1000);

  assert.deepEqual([clock.now(), idle.now()], [10, 1000]);
});

Deno.test("VirtualClock wakes a timer that is due at once", async () => {
  const { future, resolver } = Future.make<void>();
  const clock = new VirtualClock();

  // Ends the wait, should the clock not: the test then fails instead of hanging.
  const giveUp = setTimeout(() => resolver.succeed(undefined), 2_000);
  const late = await run(moveOnAfter(0, future), { clock });
  clearTimeout(giveUp);

  assert.equal(late._tag, "None");
  assert.equal(clock.now(), 0);
});

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
