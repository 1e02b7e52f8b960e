/**
 * One worker, as a {@linkcode Strategy} sees it.
 *
 * @example Show a strategy two workers
 * ```ts
 * import { leastLoaded, type WorkerView } from "espalier/cpu";
 * import assert from "node:assert/strict";
 *
 * const workers: WorkerView[] = [
 *   { id: 0, inFlight: 2, completed: 0 },
 *   { id: 1, inFlight: 1, completed: 0 },
 * ];
 * const job = { task: "parse", key: undefined, priority: 0 };
 * assert.equal(leastLoaded.start()(workers, job), 1);
 * ```
 */
export interface WorkerView {
  /** Its number: kept when the worker behind it is replaced. */
  readonly id: number;
  /** How many tasks it has been given and not finished. */
  readonly inFlight: number;
  /** How many tasks it has finished. */
  readonly completed: number;
}

/**
 * One task to be placed, as a {@linkcode Strategy} sees it.
 *
 * @example One key, one worker
 * ```ts
 * import { affinity, type JobView } from "espalier/cpu";
 * import assert from "node:assert/strict";
 *
 * const job: JobView = { task: "parse", key: "user 7", priority: 0 };
 * const workers = [0, 1, 2].map((id) => ({ id, inFlight: 0, completed: 0 }));
 * const choose = affinity.start();
 * assert.equal(choose(workers, job), choose(workers, job));
 * ```
 */
export interface JobView {
  /** The name of the task. */
  readonly task: string;
  /** What `task.with({ key })` gave. */
  readonly key: string | number | undefined;
  /** What `task.with({ priority })` gave, 0 by default. */
  readonly priority: number;
}

/**
 * How a CPU scope picks a worker for a task. A value: write your own.
 *
 * @example Always the worker that has finished least
 * ```ts
 * import type { Strategy } from "espalier/cpu";
 * import assert from "node:assert/strict";
 *
 * const freshest: Strategy = {
 *   name: "freshest",
 *   start: () => (workers) => {
 *     const least = Math.min(...workers.map((worker) => worker.completed));
 *     return workers.findIndex((worker) => worker.completed === least);
 *   },
 * };
 *
 * const choose = freshest.start();
 * const workers = [
 *   { id: 0, inFlight: 0, completed: 5 },
 *   { id: 1, inFlight: 0, completed: 2 },
 * ];
 * const job = { task: "parse", key: undefined, priority: 0 };
 * assert.equal(choose(workers, job), 1);
 * ```
 */
export interface Strategy {
  /** Shown in statistics and reports. */
  readonly name: string;
  /**
   * Called once for each scope, so that no two scopes share what it remembers.
   *
   * @returns A function that answers an index into `workers`, which is never
   * empty.
   */
  start(): (workers: readonly WorkerView[], job: JobView) => number;
}
