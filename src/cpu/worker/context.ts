// Where a task finds the worker that runs it. The bootstrap is one module, the
// task's modules import another copy of this one by URL: they meet at a key of
// the global object.

/**
 * What a task can ask of the worker that runs it; `this` in an inline task.
 *
 * - **Cancellation:** `cancelRequested` and `checkCancelled` tell it in a loop,
 *   `signal` while it waits.
 *
 * @example An inline task that reports and stops
 * ```ts
 * import type { TaskContext } from "espalier/cpu/worker";
 * import assert from "node:assert/strict";
 *
 * function count(this: TaskContext, to: number): number {
 *   for (let n = 0; n < to; n++) {
 *     this.checkCancelled();
 *     this.reportProgress(n / to);
 *   }
 *   return to;
 * }
 * assert.equal(count.length, 1);
 * ```
 */
export interface TaskContext {
  /** Whether the task is to stop. */
  cancelRequested(): boolean;
  /** Throws if the task is to stop. */
  checkCancelled(): void;
  /** Aborts when the task is to stop. */
  readonly signal: AbortSignal;
  /** Says how far the task has come, from 0 to 1. */
  reportProgress(fraction: number): void;
  /** Calls a function that the loop offers under `name`. */
  callHost<T = unknown>(name: string, ...args: unknown[]): Promise<T>;
}

const KEY = Symbol.for("espalier.cpu.context.1");

/** Makes `context` the one that tasks of this thread find. */
export function installContext(context: TaskContext): void {
  Reflect.set(globalThis, KEY, context);
}

/** The context of the task that runs, or a harmless one outside a worker. */
export function currentContext(): TaskContext {
  const installed: TaskContext | undefined = Reflect.get(globalThis, KEY);
  return installed ?? outside;
}

const outside: TaskContext = {
  cancelRequested: () => false,
  checkCancelled: () => {},
  get signal() {
    return new AbortController().signal;
  },
  reportProgress: () => {},
  callHost: (name) =>
    Promise.reject(
      new Error(`Cannot call "${name}" on the host: no worker runs this code`),
    ),
};
