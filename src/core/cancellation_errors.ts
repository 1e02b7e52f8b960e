import type { Cancellation } from "./cancellation.ts";
import { ConcurrencyError } from "./errors.ts";

/**
 * What `run` and `Future.promise` reject with when the work was only cancelled.
 *
 * Inside a run a cancellation is never a value: it is an interruption, which
 * cannot be swallowed. At the promise edge it becomes this error. Its
 * `cancellation` tells who cancelled and why; where that is an ordinary answer,
 * put a `cancelScope` inside the run, which answers with an `Option`.
 *
 * @example A run that is aborted from outside
 * ```ts
 * import { Cancelled, run, sleepForever } from "espalier";
 * import assert from "node:assert/strict";
 *
 * await assert.rejects(
 *   run(sleepForever, { signal: AbortSignal.abort("closing time") }),
 *   (error) => error instanceof Cancelled &&
 *     error.cancellation.reason._tag === "Aborted",
 * );
 * ```
 */
export class Cancelled extends ConcurrencyError {
  /** Discriminates this error. */
  readonly _tag = "Cancelled";
  /** Shown in stack traces. */
  override readonly name = "Cancelled";

  /**
   * Builds the error.
   *
   * @param cancellation Who cancelled, and why.
   */
  constructor(readonly cancellation: Cancellation) {
    super(`Cannot finish the run: ${cancellation.explain()}`);
  }
}

/**
 * The defect of waiting for a future whose task was cancelled, when the waiter
 * itself was not.
 *
 * Where that is an ordinary answer, wait for `future.outcome` instead.
 *
 * @example Wait for what was cancelled
 * ```ts
 * import { nursery, run, sleepForever, TaskCancelled } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const waits = nursery(function* (n) {
 *   const future = n.startSoon(sleepForever);
 *   future.cancel("not needed");
 *   yield* future;
 * });
 * await assert.rejects(run(waits), TaskCancelled);
 * ```
 */
export class TaskCancelled extends ConcurrencyError {
  /** Discriminates this error. */
  readonly _tag = "TaskCancelled";
  /** Shown in stack traces. */
  override readonly name = "TaskCancelled";

  /**
   * Builds the error.
   *
   * @param cancellation Who cancelled the task, and why.
   */
  constructor(readonly cancellation: Cancellation) {
    super(`Cannot take the result of a task: ${cancellation.explain()}`);
  }
}

/**
 * The defect of a nursery that cancelled itself while its body was running:
 * there is no value to go on with.
 *
 * Give the nursery `onCancelled`, which makes a value, or put a `cancelScope`
 * around it and cancel that, which answers with an `Option`.
 *
 * @example Both ways out
 * ```ts
 * import { nursery, NurseryCancelled, run, sleepForever } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const stops = nursery(function* (n) {
 *   n.cancelScope.cancel("enough");
 *   yield* sleepForever;
 *   return "done";
 * });
 * await assert.rejects(run(stops), NurseryCancelled);
 *
 * const answers = nursery(function* (n) {
 *   n.cancelScope.cancel("enough");
 *   yield* sleepForever;
 *   return "done";
 * }, { onCancelled: () => "stopped" });
 * assert.equal(await run(answers), "stopped");
 * ```
 */
export class NurseryCancelled extends ConcurrencyError {
  /** Discriminates this error. */
  readonly _tag = "NurseryCancelled";
  /** Shown in stack traces. */
  override readonly name = "NurseryCancelled";

  /**
   * Builds the error.
   *
   * @param nursery The name of the nursery.
   * @param cancellation Who cancelled it, and why.
   */
  constructor(readonly nursery: string, readonly cancellation: Cancellation) {
    super(
      `Cannot answer from nursery "${nursery}": its body was cut short as ` +
        `${cancellation.explain()}; give it "onCancelled", or put a ` +
        `"cancelScope" around it and cancel that`,
    );
  }
}
