import type { DeadlineExceeded } from "../core/errors.ts";
import type {
  NotSerializable,
  QueueFull,
  TaskFailed,
  TaskNotFound,
} from "./errors.ts";
import type { WorkerCrashed, WorkerOutOfMemory } from "./worker_death.ts";

/**
 * How a task on another thread can fail.
 *
 * @example Tell a slow task from a broken one
 * ```ts
 * import { type CpuError, cpuScope, inline } from "espalier/cpu";
 * import { run } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * const inWords = (error: CpuError) =>
 *   error._tag === "DeadlineExceeded" ? "too slow" : error.message;
 * const spin = inline(() => {
 *   for (;;);
 * }).with({ timeout: 20 });
 *
 * const told = await run(cpuScope((cpu) =>
 *   Effect.map(Effect.flip(cpu.run(spin)), inWords)
 * ));
 * assert.equal(told, "too slow");
 * ```
 */
export type CpuError =
  | TaskFailed
  | TaskNotFound
  | NotSerializable
  | WorkerCrashed
  | WorkerOutOfMemory
  | DeadlineExceeded
  | QueueFull;

/**
 * How a task that had started came to its end.
 *
 * - `"finished"`: it returned or threw, cancelled or not.
 * - `"cooperative"`: it was asked to stop and did, or was cut off at its timeout
 *   where it stood; its thread goes on.
 * - `"exited"`: its thread ended when it was asked to.
 * - `"killed"`: its thread was stopped by force.
 * - `"leaked"`: the platform would not stop it. Its thread is out of use.
 *
 * @example Ask a future that was cancelled
 * ```ts
 * import { cpuScope, inline, type Stopped } from "espalier/cpu";
 * import { run, sleep } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const spin = inline((flag: Int32Array) => {
 *   for (flag[0] = 1;;);
 * });
 * await run(cpuScope(function* (cpu) {
 *   const flag = new Int32Array(new SharedArrayBuffer(4));
 *   const future = cpu.submit(spin, flag);
 *   while (flag[0] === 0) yield* sleep(5);
 *   future.cancel();
 *   yield* future.outcome;
 *   const stopped: Stopped | undefined = future.stopped;
 *   assert.equal(stopped, "killed");
 * }, { grace: 1 }));
 * ```
 */
export type Stopped =
  | "finished"
  | "cooperative"
  | "exited"
  | "killed"
  | "leaked";
