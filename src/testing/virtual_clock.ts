import type * as Clock from "npm:effect@^4.1.0/Clock";
import * as Duration from "npm:effect@^4.1.0/Duration";
import * as Effect from "npm:effect@^4.1.0/Effect";
import { millisOf } from "../core/duration.ts";
import { type AlarmClock, setAlarm } from "../core/alarm_clock.ts";
import { allIdle } from "../core/idleness.ts";

/** Options for a {@linkcode VirtualClock}. */
export interface VirtualClockOptions {
  /** Where it starts, in milliseconds; 0 by default. */
  readonly start?: number;
  /** Whether it moves by itself; see {@linkcode VirtualClock.autojump}. */
  readonly autojump?: boolean | number;
}

interface Alarm {
  readonly dueAt: number;
  readonly isEvent: boolean;
  readonly ring: () => void;
}

/**
 * A clock that stands still until it is moved, or until everything waits.
 *
 * Pass it as `run(body, { clock })`: every sleep and deadline of the run, those
 * of Effect included, then goes by it. Real time plays no part.
 *
 * - **Order:** what is due at one moment is woken in the order in which it went
 *   to sleep.
 *
 * @example A day in no time
 * ```ts
 * import { now, run, sleep } from "espalier";
 * import { VirtualClock } from "espalier/testing";
 * import assert from "node:assert/strict";
 *
 * const clock = new VirtualClock({ autojump: true });
 * await run(function* () {
 *   yield* sleep("1 day");
 *   assert.equal(now(), 86_400_000);
 * }, { clock });
 * ```
 */
export class VirtualClock implements AlarmClock {
  #now: number;
  #autojump: boolean | number = false;
  #alarms = new Set<Alarm>();
  #cancelCheck: (() => void) | undefined = undefined;
  #seenTurns = -1;

  /**
   * Makes a clock.
   *
   * @param options Where it starts, and whether it moves by itself.
   * @throws {RangeError} If `autojump` is a negative number or NaN.
   */
  constructor(options: VirtualClockOptions = {}) {
    this.#now = options.start ?? 0;
    this.autojump = options.autojump ?? false;
  }

  /**
   * Whether the clock jumps to the next timer when every task is blocked: at
   * once (`true`), after so many real milliseconds of idleness, or not at all.
   * It does not jump past promises of the host that a task waits for.
   */
  get autojump(): boolean | number {
    return this.#autojump;
  }

  set autojump(autojump: boolean | number) {
    if (typeof autojump === "number") {
      millisOf(autojump, "set the autojump of a clock");
    }
    this.#autojump = autojump;
    this.#watch();
  }

  /**
   * Reads the clock.
   *
   * @returns Milliseconds.
   */
  now(): number {
    return this.#now;
  }

  /**
   * Moves the clock. What has become due is woken in its next turn.
   *
   * @param by How far.
   * @throws {RangeError} If `by` is negative or NaN.
   */
  advance(by: Duration.Input): void {
    this.#moveTo(this.#now + millisOf(by, "advance a clock"));
  }

  /** Part of Effect's `Clock`: the same as `now()`. */
  currentTimeMillisUnsafe(): number {
    return this.#now;
  }

  /** Part of Effect's `Clock`: the same as `now()`. */
  readonly currentTimeMillis: Effect.Effect<number> = Effect.sync(() =>
    this.#now
  );

  /** Part of Effect's `Clock`: `now()` in nanoseconds. */
  currentTimeNanosUnsafe(): bigint {
    return BigInt(Math.round(this.#now * 1e6));
  }

  /** Part of Effect's `Clock`: `now()` in nanoseconds. */
  readonly currentTimeNanos: Effect.Effect<bigint> = Effect.sync(() =>
    this.currentTimeNanosUnsafe()
  );

  /** Part of Effect's `Clock`: `now()` in nanoseconds. */
  monotonicTimeNanosUnsafe(): bigint {
    return this.currentTimeNanosUnsafe();
  }

  /** Part of Effect's `Clock`: `now()` in nanoseconds. */
  readonly monotonicTimeNanos: Effect.Effect<bigint> = Effect.sync(() =>
    this.currentTimeNanosUnsafe()
  );

  /**
   * Part of Effect's `Clock`: sleeps on this clock.
   *
   * @param duration How long.
   * @returns Waits.
   */
  sleep(duration: Duration.Duration): Effect.Effect<void> {
    const ms = Duration.toMillis(duration);
    if (!(ms > 0)) return Effect.yieldNow;
    if (ms === Infinity) return Effect.never;
    return Effect.callback<void>((resume) => {
      const callOff = this[setAlarm](
        this.#now + ms,
        () => resume(Effect.void),
        true,
      );
      return Effect.sync(callOff);
    });
  }

  /** Part of the port through which Espalier's timers use a clock. */
  [setAlarm](dueAt: number, ring: () => void, isEvent: boolean): () => void {
    const alarm = { dueAt, ring, isEvent };
    this.#alarms.add(alarm);
    this.#watch();
    return () => {
      this.#alarms.delete(alarm);
      if (this.#nextEvent() === Infinity) this.#unwatch();
    };
  }

  #moveTo(moment: number): void {
    this.#now = moment;
    const due = [...this.#alarms].filter((alarm) => alarm.dueAt <= moment);
    // Sorting is stable: what is due together keeps the order of arrival.
    due.sort((a, b) => a.dueAt - b.dueAt);
    for (const alarm of due) {
      if (this.#alarms.delete(alarm)) alarm.ring();
    }
  }

  #nextEvent(): number {
    let next = Infinity;
    for (const alarm of this.#alarms) {
      if (alarm.isEvent) next = Math.min(next, alarm.dueAt);
    }
    return next;
  }

  /** Looks again soon whether everything is blocked. */
  #watch(): void {
    this.#unwatch();
    if (this.#autojump === false || this.#nextEvent() === Infinity) return;
    this.#seenTurns = -1;
    this.#checkSoon(this.#autojump === true ? 0 : this.#autojump);
  }

  #unwatch(): void {
    this.#cancelCheck?.();
    this.#cancelCheck = undefined;
  }

  #checkSoon(delay: number): void {
    if (delay === 0) {
      const id = setImmediate(this.#check);
      this.#cancelCheck = () => clearImmediate(id);
    } else {
      const id = setTimeout(this.#check, Math.min(delay, 2 ** 31 - 1));
      this.#cancelCheck = () => clearTimeout(id);
    }
  }

  /**
   * Jumps if nothing has run since the last look; the first look only notes.
   */
  readonly #check = (): void => {
    this.#cancelCheck = undefined;
    const threshold = this.#autojump === true ? 0 : Number(this.#autojump);
    const { turns, isIdle, mayJump } = allIdle();
    const isQuiet = isIdle && turns === this.#seenTurns;
    this.#seenTurns = turns;
    if (isQuiet && mayJump) {
      this.#moveTo(Math.max(this.#now, this.#nextEvent()));
      if (this.#cancelCheck === undefined) this.#watch();
    } else {
      // Work of the host is in flight: look again in real time.
      this.#checkSoon(isQuiet ? Math.max(1, threshold) : threshold);
    }
  };
}
