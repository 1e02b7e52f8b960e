import * as Exit from "npm:effect@^4.1.0/Exit";
import type { Stopped } from "../cpu_error.ts";
import type { Histogram } from "./histogram.ts";
import type { JobExit } from "./job.ts";

/**
 * One worker of a CPU scope.
 *
 * @example Who has done how much
 * ```ts
 * import { cpuScope, inline, type WorkerStatistics } from "espalier/cpu";
 * import { run } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const one = inline(() => 1);
 * await run(cpuScope(function* (cpu) {
 *   yield* cpu.run(one);
 *   const workers: readonly WorkerStatistics[] = cpu.statistics().workers;
 *   assert.equal(workers[0]!.completed, 1);
 * }, { workers: 1 }));
 * ```
 */
export interface WorkerStatistics {
  /** Its number: kept when the thread behind it is replaced. */
  readonly id: number;
  /** What it does. */
  readonly state: "starting" | "idle" | "busy" | "stopping" | "leaked";
  /** How many tasks it was given and has not finished. */
  readonly inFlight: number;
  /** How many it has finished. */
  readonly completed: number;
  /** How long tasks ran. */
  readonly run: Histogram;
  /** How long they waited before. */
  readonly wait: Histogram;
  /** Milliseconds of CPU time its thread has used, when it was last asked. */
  readonly cpuTime: number;
}

/**
 * A CPU scope at one moment. `submitted` is the sum of `queued`, `running`,
 * `succeeded`, `failed`, `cancelled` and `refused`.
 *
 * @example Nothing is lost
 * ```ts
 * import { cpuScope, type CpuStatistics, inline } from "espalier/cpu";
 * import { run } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const one = inline(() => 1);
 * const now: CpuStatistics = await run(cpuScope(function* (cpu) {
 *   yield* cpu.run(one);
 *   return cpu.statistics();
 * }));
 * assert.equal(now.submitted, 1);
 * assert.equal(now.succeeded, 1);
 * assert.equal(now.stopped.finished, 1);
 * ```
 */
export interface CpuStatistics {
  /** The workers there are, and those that have leaked. */
  readonly workers: readonly WorkerStatistics[];
  /** How many tasks were asked for. */
  readonly submitted: number;
  /** How many have not started. */
  readonly queued: number;
  /** How many have started and not ended. */
  readonly running: number;
  /** How many have answered. */
  readonly succeeded: number;
  /** How many have failed. */
  readonly failed: number;
  /** How many were cancelled. */
  readonly cancelled: number;
  /** How many the queue had no room for. */
  readonly refused: number;
  /** How those that had started ended. */
  readonly stopped: Readonly<Record<Stopped, number>>;
  /** How many threads were started. */
  readonly spawned: number;
}

/** Counts how jobs end. */
export class Tally {
  submitted = 0;
  succeeded = 0;
  failed = 0;
  cancelled = 0;
  refused = 0;
  readonly stopped: Record<Stopped, number> = {
    finished: 0,
    cooperative: 0,
    exited: 0,
    killed: 0,
    leaked: 0,
  };

  /** How many have not ended. */
  get open(): number {
    return this.submitted - this.succeeded - this.failed - this.cancelled -
      this.refused;
  }

  /** Counts the end of one. */
  ended(exit: JobExit): void {
    if (exit === "cancelled") this.cancelled++;
    else if (Exit.isSuccess(exit)) this.succeeded++;
    else this.failed++;
  }
}
