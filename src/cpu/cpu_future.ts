import { Future, type FutureSource } from "../core/future.ts";
import type { CpuError, Stopped } from "./cpu_error.ts";

/**
 * The result of a submitted task, now or later.
 *
 * - **Cancellation:** `cancel` takes the task out of the queue, or stops its
 *   code; the future is settled when the code has stopped. Waiting on it is a
 *   checkpoint that never cancels the task.
 * - **Failure:** a future that failed and that nobody waited on fails its scope
 *   at its end.
 *
 * @example Two at once
 * ```ts
 * import { type CpuFuture, cpuScope, inline } from "espalier/cpu";
 * import { run } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const square = inline((n: number) => n * n);
 * const sum = await run(cpuScope(function* (cpu) {
 *   const one: CpuFuture<number> = cpu.submit(square, 3);
 *   const two = cpu.submit(square, 4);
 *   return (yield* one) + (yield* two);
 * }));
 * assert.equal(sum, 25);
 * ```
 *
 * @typeParam A What the task answers.
 */
export interface CpuFuture<out A> extends Future<A, CpuError> {
  /** How the task stopped; `undefined` until then, and if it never started. */
  readonly stopped: Stopped | undefined;
}

/** What a future shows of the task behind it. */
export interface TaskBehind extends FutureSource {
  readonly stopped: Stopped | undefined;
}

/** The future of a submitted task. */
export class TaskFuture<A> extends Future<A, CpuError> implements CpuFuture<A> {
  readonly #behind: TaskBehind;

  constructor(behind: TaskBehind) {
    super(behind);
    this.#behind = behind;
  }

  get stopped(): Stopped | undefined {
    return this.#behind.stopped;
  }
}
