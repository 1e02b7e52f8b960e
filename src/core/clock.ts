import type * as Duration from "npm:effect@^4.1.0/Duration";
import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Exit from "npm:effect@^4.1.0/Exit";
import * as Fiber from "npm:effect@^4.1.0/Fiber";
import type { AnyFiber } from "./_fiber_internals.ts";
import type { RunState } from "./_run_state.ts";
import { scopeOf } from "./_strand.ts";
import type { Timer } from "./_timers.ts";
import { checkpoint } from "./checkpoint.ts";
import { millisOf, momentOf } from "./duration.ts";
import { ambientRun, suspendFiber } from "./suspend_task.ts";
import { NotInRun } from "./usage_errors.ts";

/**
 * Reads the run clock, in milliseconds since some moment of its choosing.
 *
 * @example Measure a step
 * ```ts
 * import { now, run, sleep } from "espalier";
 * import assert from "node:assert/strict";
 *
 * await run(function* () {
 *   const start = now();
 *   yield* sleep(2);
 *   assert(now() - start >= 1);
 * });
 * ```
 *
 * @returns Milliseconds.
 * @throws {NotInRun} Outside a task.
 */
export function now(): number {
  const fiber = Fiber.getCurrent();
  const run = fiber === undefined ? undefined : scopeOf(fiber)?.run;
  if (run === undefined) throw new NotInRun("read the run clock");
  return run.timers.now();
}

/**
 * Waits for a length of time.
 *
 * - **Cancellation:** a checkpoint, also for 0.
 *
 * @example Count down
 * ```ts
 * import { run, sleep } from "espalier";
 * import { VirtualClock } from "espalier/testing";
 * import assert from "node:assert/strict";
 *
 * const clock = new VirtualClock({ autojump: true });
 * await run(function* () {
 *   for (let left = 3; left > 0; left--) yield* sleep("1 second");
 * }, { clock });
 * assert.equal(clock.now(), 3_000);
 * ```
 *
 * @param duration How long; a number is milliseconds.
 * @returns Waits.
 * @throws {RangeError} If `duration` is negative or NaN.
 */
export function sleep(duration: Duration.Input): Effect.Effect<void> {
  const ms = millisOf(duration, "sleep");
  if (ms === 0) return checkpoint;
  return Effect.withFiber((fiber) => {
    const run = runOf(fiber);
    return sleepUntilDue(fiber, run, run.timers.now() + ms);
  });
}

/**
 * Waits until a moment on the run clock; one that has passed is a checkpoint.
 *
 * - **Cancellation:** a checkpoint.
 *
 * @example Tick without drifting
 * ```ts
 * import { now, run, sleepUntil } from "espalier";
 * import { VirtualClock } from "espalier/testing";
 * import assert from "node:assert/strict";
 *
 * const clock = new VirtualClock({ autojump: true });
 * await run(function* () {
 *   let next = now();
 *   for (let tick = 0; tick < 3; tick++) yield* sleepUntil(next += 10);
 * }, { clock });
 * assert.equal(clock.now(), 30);
 * ```
 *
 * @param deadline When, in milliseconds on the run clock.
 * @returns Waits.
 * @throws {RangeError} If `deadline` is NaN.
 */
export function sleepUntil(deadline: number): Effect.Effect<void> {
  const dueAt = momentOf(deadline, "sleep");
  return Effect.withFiber((fiber) => {
    const run = runOf(fiber);
    if (dueAt <= run.timers.now()) return checkpoint;
    return sleepUntilDue(fiber, run, dueAt);
  });
}

/**
 * Waits until it is cancelled.
 *
 * - **Cancellation:** a checkpoint, and the only way out. While a run waits
 *   here, the process stays alive.
 *
 * @example Keep a nursery open
 * ```ts
 * import { moveOnAfter, run, sleepForever } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const late = await run(moveOnAfter(1, sleepForever));
 * assert.equal(late._tag, "None");
 * ```
 */
export const sleepForever: Effect.Effect<never> = Effect.withFiber((fiber) =>
  suspendFiber<never, never>(fiber, FOREVER, () => () => "aborted")
);

const FOREVER = { label: "sleepForever" };

function sleepUntilDue(
  fiber: AnyFiber,
  run: RunState,
  dueAt: number,
): Effect.Effect<void> {
  if (dueAt === Infinity) return sleepForever;
  return suspendFiber<void, never>(fiber, SLEEP, (settle) => {
    const timer = new Alarm(dueAt, settle);
    run.timers.arm(timer);
    return () => {
      if (timer.armed) run.timers.disarm(timer);
      return "aborted";
    };
  });
}

const SLEEP = { label: "sleep" };

/** Wakes a sleeper. */
class Alarm implements Timer {
  armed = false;
  turn = 0;
  readonly isEvent = true;

  constructor(
    public dueAt: number,
    readonly settle: (result: Exit.Exit<void>) => void,
  ) {}

  fire(): void {
    this.settle(Exit.void);
  }
}

function runOf(fiber: AnyFiber): RunState {
  return scopeOf(fiber)?.run ?? ambientRun(fiber);
}
