import type * as Duration from "npm:effect@^4.1.0/Duration";
import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Exit from "npm:effect@^4.1.0/Exit";
import { millisOf } from "../core/duration.ts";
import { suspendFiber } from "../core/suspend_task.ts";
import { idleWatch } from "./_idle_watch.ts";
import { Simulation } from "./_simulation.ts";

/** Options for {@linkcode waitAllTasksBlocked}. */
export interface WaitAllTasksBlockedOptions {
  /**
   * For how long nothing must have run, in real time; 0 by default. Under
   * `explore` and in a `concurrencyTest`, where real time plays no part, it only
   * tells who comes first.
   */
  readonly cushion?: Duration.Input;
}

/**
 * Waits until every other task is blocked, however many steps that takes.
 *
 * A task that waits for a promise, a timer or a signal is blocked too. The clock
 * stands still meanwhile: a clock that jumps jumps after those who wait here
 * have been woken.
 *
 * - **Order:** where several wait, those with the shortest cushion are woken
 *   first, and the others begin to wait anew (R72).
 * - **Cancellation:** a checkpoint.
 *
 * @example Look at a queue once everybody has joined it
 * ```ts
 * import { Lock, nursery, run } from "espalier";
 * import { waitAllTasksBlocked } from "espalier/testing";
 * import assert from "node:assert/strict";
 *
 * const lock = new Lock();
 * await run(nursery(function* (n) {
 *   yield* lock.acquire;
 *   for (let i = 0; i < 3; i++) n.startSoon(() => lock.withLock(function* () {}));
 *   yield* waitAllTasksBlocked();
 *   assert.equal(lock.statistics().waiting, 3);
 *   lock.release();
 * }));
 * ```
 *
 * @param options How long the others must have been blocked.
 * @returns Waits.
 * @throws {RangeError} If `cushion` is negative or NaN.
 */
export function waitAllTasksBlocked(
  options: WaitAllTasksBlockedOptions = {},
): Effect.Effect<void> {
  const cushion = millisOf(options.cushion ?? 0, "wait for blocked tasks");
  return Effect.withFiber((fiber) =>
    suspendFiber<void, never>(fiber, SUBJECT, (settle) => {
      const wake = () => void settle(Exit.void);
      const { scheduler } = fiber.cache;
      const callOff = scheduler instanceof Simulation
        ? scheduler.blockedListeners.add({ cushion, blocked: wake })
        : idleWatch().add({ cushion, isClock: false, idle: wake });
      return () => {
        callOff();
        return "aborted";
      };
    })
  );
}

const SUBJECT = { label: "all tasks to be blocked" };
