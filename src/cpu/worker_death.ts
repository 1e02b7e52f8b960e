import { ConcurrencyError } from "../core/errors.ts";

/**
 * Raised when a worker ended under a task: the task called `Deno.exit`, or an
 * error that no task was there to take ended the thread.
 *
 * Tasks that waited behind it have not started and run on another worker.
 *
 * @example Read the exit code
 * ```ts
 * import { WorkerCrashed } from "espalier/cpu";
 * import assert from "node:assert/strict";
 *
 * const error = new WorkerCrashed("parse", 3, { exitCode: 7 });
 * assert.equal(
 *   error.message,
 *   'Cannot finish "parse": worker 3 ended with exit code 7',
 * );
 * ```
 */
export class WorkerCrashed extends ConcurrencyError {
  /** Discriminates this error. */
  readonly _tag = "WorkerCrashed";
  /** Shown in stack traces. */
  override readonly name = "WorkerCrashed";
  /** What the thread exited with, where it says. */
  readonly exitCode: number | undefined;

  /**
   * Builds the error.
   *
   * @param task The name of the task that was running.
   * @param worker The number of the worker.
   * @param how Its exit code, and the error that nobody took.
   */
  constructor(
    readonly task: string,
    readonly worker: number,
    how: { readonly exitCode?: number | undefined; readonly cause?: unknown } =
      {},
  ) {
    const why = how.cause !== undefined
      ? `ended by ${how.cause instanceof Error ? how.cause.message : how.cause}`
      : how.exitCode !== undefined
      ? `ended with exit code ${how.exitCode}`
      : "ended";
    super(
      `Cannot finish "${task}": worker ${worker} ${why}`,
      "cause" in how ? { cause: how.cause } : undefined,
    );
    this.exitCode = how.exitCode;
  }
}

/**
 * Raised when the task's worker reached its `memoryLimit`, or could not get any
 * more memory from the system.
 *
 * The worker is gone and replaced, and the process is not in danger; unless the
 * task was told as leaked, by `CpuFuture.stopped` and aloud: then its loop hears
 * nothing, and goes on to take memory.
 *
 * @example Read the limit
 * ```ts
 * import { WorkerOutOfMemory } from "espalier/cpu";
 * import assert from "node:assert/strict";
 *
 * const error = new WorkerOutOfMemory("render", 64);
 * assert.equal(
 *   error.message,
 *   'Cannot finish "render": its heap reached the limit of 64 MiB',
 * );
 * ```
 */
export class WorkerOutOfMemory extends ConcurrencyError {
  /** Discriminates this error. */
  readonly _tag = "WorkerOutOfMemory";
  /** Shown in stack traces. */
  override readonly name = "WorkerOutOfMemory";

  /**
   * Builds the error.
   *
   * @param task The name of the task that was running.
   * @param limit MiB of heap that the worker had.
   */
  constructor(readonly task: string, readonly limit: number) {
    super(
      `Cannot finish "${task}": its heap reached the limit of ${limit} MiB`,
    );
  }
}
