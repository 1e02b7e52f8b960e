import * as timers from "node:timers";
import * as Duration from "npm:effect@^4.1.0/Duration";
import * as Effect from "npm:effect@^4.1.0/Effect";
import { type AlarmClock, setAlarm } from "../core/alarm_clock.ts";
import { millisOf, momentOf } from "../core/duration.ts";
import { AlarmQueue } from "./_alarm_queue.ts";
import { type AnyFiber, Simulation } from "./_simulation.ts";
import { Autojump, type JumpingClock } from "./autojump.ts";

/** Options for a {@linkcode VirtualClock}. */
export interface VirtualClockOptions {
  /** Where it starts, in milliseconds; 0 by default. */
  readonly start?: number;
  /** Whether it moves by itself; see {@linkcode VirtualClock.autojump}. */
  readonly autojump?: boolean | number;
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
export class VirtualClock implements AlarmClock, JumpingClock {
  #now: number;
  #isMoving = false;
  readonly #alarms = new AlarmQueue();
  readonly #autojump = new Autojump(this);

  /**
   * Makes a clock.
   *
   * @param options Where it starts, and whether it moves by itself.
   * @throws {RangeError} If `start` is not finite, or `autojump` a negative
   * number or NaN.
   * @throws {TypeError} If `autojump` is neither a boolean nor a number.
   */
  constructor(options: VirtualClockOptions = {}) {
    this.#now = finiteMoment(options.start ?? 0, "start a clock");
    this.autojump = options.autojump ?? false;
  }

  /**
   * Whether the clock jumps to the next timer when every task is blocked: at
   * once (`true`), after so many real milliseconds in which nothing ran, or not
   * at all. It may be changed at any time.
   *
   * It does not jump past promises of the host that a task waits for, and not
   * before those who wait in `waitAllTasksBlocked` were woken.
   */
  get autojump(): boolean | number {
    return this.#autojump.threshold;
  }

  set autojump(autojump: boolean | number) {
    this.#autojump.threshold = autojump;
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
   * @throws {RangeError} If `by` is negative, NaN or infinite.
   */
  advance(by: Duration.Input): void {
    this.jumpTo(this.#now + millisOf(by, "advance a clock"));
  }

  /**
   * Moves the clock to a moment; one that has passed leaves it where it is. What
   * has become due is woken in its next turn.
   *
   * @param moment When, in milliseconds on this clock.
   * @throws {RangeError} If `moment` is not finite.
   */
  jumpTo(moment: number): void {
    this.#now = Math.max(this.#now, finiteMoment(moment, "move a clock"));
    if (this.#isMoving) return;
    this.#isMoving = true;
    try {
      // Terminates: what rings only marks and queues, or sets an alarm that is
      // due later.
      for (
        let due = this.#alarms.takeDue(this.#now);
        due.length > 0;
        due = this.#alarms.takeDue(this.#now)
      ) {
        for (const alarm of due) this.#alarms.ring(alarm);
      }
    } finally {
      this.#isMoving = false;
    }
  }

  /**
   * Looks up the next timer.
   *
   * @returns When it is due, or `Infinity` if there is none.
   */
  nextEvent(): number {
    return this.#alarms.nextEvent();
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
   * - **Cancellation:** a cancel point, as every wait of Effect is.
   *
   * @param duration How long.
   * @returns Waits.
   */
  sleep(duration: Duration.Duration): Effect.Effect<void> {
    const ms = Duration.toMillis(duration);
    if (!(ms > 0)) return Effect.yieldNow;
    if (ms === Infinity) return Effect.never;
    return Effect.withFiber((fiber) =>
      Effect.callback<void>((resume) => {
        const wake = () => goOnLater(fiber, () => resume(Effect.void));
        const callOff = this[setAlarm](this.#now + ms, wake, true);
        return Effect.sync(callOff);
      })
    );
  }

  /** Part of the port through which Espalier's timers use a clock. */
  [setAlarm](dueAt: number, ring: () => void, isEvent: boolean): () => void {
    const alarm = this.#alarms.add(dueAt, ring, isEvent);
    if (dueAt <= this.#now && !this.#isMoving) {
      timers.setImmediate(() => this.jumpTo(this.#now));
    }
    this.#autojump.changed();
    return () => {
      this.#alarms.callOff(alarm);
      this.#autojump.changed();
    };
  }
}

/** Nothing comes after the end of time: no clock can be there. */
function finiteMoment(moment: number, action: string): number {
  momentOf(moment, action);
  if (Number.isFinite(moment)) return moment;
  throw new RangeError(
    `Cannot ${action}: the moment must be finite: received ${moment}`,
  );
}

/**
 * Lets a fiber go on in a turn of its own: a clock that is moved runs nobody. In
 * a simulation every wake-up is a turn of its own as it is.
 */
function goOnLater(fiber: AnyFiber, goOn: () => void): void {
  if (fiber.cache.scheduler instanceof Simulation) goOn();
  else fiber.currentDispatcher.scheduleTask(goOn, 0);
}
