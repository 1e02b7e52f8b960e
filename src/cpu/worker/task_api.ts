import { currentContext } from "./context.ts";

/**
 * Tells whether the running task is to stop: it was cancelled, or its time is
 * up. Always `false` outside a worker.
 *
 * - **Cost:** one atomic read, about two nanoseconds.
 *
 * @example Leave a long loop early
 * ```ts
 * import { cancelRequested } from "espalier/cpu/worker";
 * import assert from "node:assert/strict";
 *
 * function search(limit: number): number {
 *   let best = 0;
 *   for (let i = 0; i < limit && !cancelRequested(); i++) best = i;
 *   return best;
 * }
 * assert.equal(search(10), 9);
 * ```
 *
 * @returns Whether to stop.
 */
export function cancelRequested(): boolean {
  return currentContext().cancelRequested();
}

/**
 * Throws if the running task is to stop. Does nothing outside a worker.
 *
 * - **Cancellation:** what it throws is the reason of {@linkcode signal}; a
 *   task that lets it out counts as stopped in cooperation.
 *
 * @example Stop between two steps
 * ```ts
 * import { checkCancelled } from "espalier/cpu/worker";
 * import assert from "node:assert/strict";
 *
 * function sum(numbers: readonly number[]): number {
 *   let total = 0;
 *   for (const number of numbers) {
 *     checkCancelled();
 *     total += number;
 *   }
 *   return total;
 * }
 * assert.equal(sum([1, 2, 3]), 6);
 * ```
 *
 * @throws The reason, if the task is to stop.
 */
export function checkCancelled(): void {
  currentContext().checkCancelled();
}

/**
 * The signal of the running task: aborts when it is to stop. Never aborts
 * outside a worker.
 *
 * A function, because each task has a signal of its own; call it at the start
 * of a task, before its first `await`.
 *
 * @example Give up a fetch when the task is cancelled
 * ```ts
 * import { signal } from "espalier/cpu/worker";
 * import assert from "node:assert/strict";
 *
 * const stop = signal();
 * assert.equal(stop.aborted, false);
 * // await fetch(url, { signal: stop })
 * ```
 *
 * @returns The signal.
 */
export function signal(): AbortSignal {
  return currentContext().signal;
}

/**
 * Says how far the running task has come. Does nothing outside a worker.
 *
 * Only the newest report is kept; whoever watches sees it at the next look, and
 * the last one always before the result.
 *
 * - **Cost:** two stores into shared memory; call it as often as you like.
 *
 * @example Report while counting
 * ```ts
 * import { reportProgress } from "espalier/cpu/worker";
 * import assert from "node:assert/strict";
 *
 * let counted = 0;
 * for (; counted < 1000; counted++) reportProgress(counted / 1000);
 * assert.equal(counted, 1000);
 * ```
 *
 * @param fraction From 0 to 1.
 * @throws {RangeError} If it is not a finite number.
 */
export function reportProgress(fraction: number): void {
  if (!Number.isFinite(fraction)) {
    throw new RangeError(
      `Cannot report progress as 'fraction' must be a finite number: received ${fraction}`,
    );
  }
  currentContext().reportProgress(fraction);
}

/**
 * Calls the function that the loop offers under `name`, in the scopes of the
 * call that waits for this task.
 *
 * - **Cancellation:** cancelling the task cancels the call.
 * - **Failure:** rejects with what the function failed with; outside a worker,
 *   and where nothing is offered under that name, with an error that says so.
 *
 * @example Say what happens where nobody hosts
 * ```ts
 * import { callHost } from "espalier/cpu/worker";
 * import assert from "node:assert/strict";
 *
 * await assert.rejects(callHost("price", "tea"), /no worker runs this code/);
 * ```
 *
 * @typeParam T What it answers.
 * @param name What it is offered as.
 * @param args What to call it with.
 * @returns What it answers.
 */
export function callHost<T = unknown>(
  name: string,
  ...args: unknown[]
): Promise<T> {
  return currentContext().callHost<T>(name, ...args);
}
