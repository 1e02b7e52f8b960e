import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import { now, nursery, run, sleep } from "espalier";
import { Autojump, waitAllTasksBlocked } from "espalier/testing";
import { setAlarm } from "../../src/core/alarm_clock.ts";
import type { AlarmClock } from "../../src/core/alarm_clock.ts";
import { VirtualClock } from "espalier/testing";

Deno.test("Autojump drives a clock that is not a VirtualClock (R71)", async () => {
  const clock = new ListClock();
  clock.autojump.threshold = true;

  const woken = await run(function* () {
    yield* sleep(30);
    const first = now();
    yield* sleep(12);
    return [first, now()];
  }, { clock });

  assert.deepEqual(woken, [30, 42]);
});

Deno.test("Autojump comes after those who wait for all tasks to be blocked (R71)", async () => {
  const clock = new VirtualClock({ autojump: true });
  const trail: string[] = [];

  await run(
    nursery(function* (n) {
      n.startSoon(function* () {
        yield* sleep(1);
        trail.push("timer");
      });
      n.startSoon(function* () {
        yield* waitAllTasksBlocked({ cushion: 10 });
        trail.push("blocked");
      });
      yield* Effect.void;
    }),
    { clock },
  );

  assert.deepEqual(trail, ["blocked", "timer"]);
});

Deno.test("Autojump refuses a threshold that is negative or NaN", () => {
  const autojump = new Autojump(new VirtualClock());

  assert.throws(() => {
    autojump.threshold = -1;
  }, RangeError);
  assert.throws(() => {
    autojump.threshold = NaN;
  }, RangeError);
  assert.equal(autojump.threshold, false);
});

/** A clock of the simplest kind: a list of alarms. */
class ListClock implements AlarmClock {
  readonly autojump = new Autojump(this);
  #now = 0;
  #alarms: Array<{ dueAt: number; ring: () => void }> = [];

  nextEvent(): number {
    return Math.min(Infinity, ...this.#alarms.map(({ dueAt }) => dueAt));
  }

  jumpTo(moment: number): void {
    this.#now = moment;
    const due = this.#alarms.filter(({ dueAt }) => dueAt <= moment);
    this.#alarms = this.#alarms.filter(({ dueAt }) => dueAt > moment);
    for (const { ring } of due) ring();
  }

  [setAlarm](dueAt: number, ring: () => void): () => void {
    const alarm = { dueAt, ring };
    this.#alarms.push(alarm);
    this.autojump.changed();
    return () => {
      this.#alarms = this.#alarms.filter((other) => other !== alarm);
      this.autojump.changed();
    };
  }

  currentTimeMillisUnsafe(): number {
    return this.#now;
  }
  currentTimeNanosUnsafe(): bigint {
    return BigInt(this.#now) * 1_000_000n;
  }
  monotonicTimeNanosUnsafe(): bigint {
    return this.currentTimeNanosUnsafe();
  }
  readonly currentTimeMillis = Effect.sync(() => this.#now);
  readonly currentTimeNanos = Effect.sync(() => this.currentTimeNanosUnsafe());
  readonly monotonicTimeNanos = this.currentTimeNanos;
  sleep(): Effect.Effect<void> {
    return Effect.void;
  }
}
