import type { CancelScope } from "./cancel_scope.ts";
import type { Cancellation } from "./cancellation.ts";
import type { Outcome } from "./outcome.ts";
import type { Nursery, Task } from "./task.ts";

/**
 * Listens to the life of a run; pass it in `RunOptions.instruments`.
 *
 * All hooks are optional and called synchronously. Which hooks there are is read
 * once, when the run begins; a hook that is not there costs nothing. One that
 * throws is reported and its instrument removed; the run goes on (R70).
 *
 * @example Count tasks
 * ```ts
 * import { type Instrument, nursery, run } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * let spawned = 0;
 * const counter: Instrument = { taskSpawned: () => spawned++ };
 * await run(nursery(function* (n) {
 *   n.startSoon(Effect.void);
 *   yield* Effect.void;
 * }), { instruments: [counter] });
 * assert.equal(spawned, 2);
 * ```
 */
export interface Instrument {
  /** A task was made; it has not run yet. */
  taskSpawned?(task: Task): void;
  /** It takes its first step. */
  taskStarted?(task: Task): void;
  /** It has ended, cleanup included. */
  taskExited?(task: Task, outcome: Outcome<unknown, unknown>): void;
  /** It begins to wait in an operation of Espalier. */
  taskWaiting?(task: Task, what: string): void;
  /** That wait is over. */
  taskResumed?(task: Task): void;
  /** It got at once what it would have waited for. */
  taskPassed?(task: Task, what: string): void;
  /** A scope was entered. */
  scopeEntered?(scope: CancelScope, task: Task): void;
  /** A scope was left. */
  scopeExited?(scope: CancelScope, task: Task): void;
  /** A scope was cancelled, by hand, by its deadline or by a failure. */
  scopeCancelled?(scope: CancelScope, cancellation: Cancellation): void;
  /** A nursery was opened. */
  nurseryOpened?(nursery: Nursery<never, never>, task: Task): void;
  /** A nursery has ended, after its last child. */
  nurseryClosed?(nursery: Nursery<never, never>): void;
  /** A cleanup is late by `overdue` milliseconds. */
  slowCleanup?(task: Task, overdue: number): void;
}
