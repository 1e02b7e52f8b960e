import * as Effect from "npm:effect@^4.1.0/Effect";
import { Future, type FutureSource } from "../core/future.ts";
import type { Outcome } from "../core/outcome.ts";
import type { CpuError, Stopped } from "./cpu_error.ts";
import { anyHostCall, CurrentHostCall } from "./pool/host_service.ts";
import type { HostCall } from "./pool/job.ts";

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
  /** Told when a call to the loop begins to wait for it. */
  awaitedBy(call: HostCall): void;
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

  override asEffect(): Effect.Effect<A, CpuError> {
    return this.#noted(super.asEffect());
  }

  override get outcome(): Effect.Effect<Outcome<A, CpuError>> {
    return this.#noted(super.outcome);
  }

  #noted<B, E>(wait: Effect.Effect<B, E>): Effect.Effect<B, E> {
    if (!anyHostCall()) return wait;
    return Effect.withFiber((fiber) => {
      const call = fiber.getRef(CurrentHostCall);
      if (call !== undefined) this.#behind.awaitedBy(call);
      return wait;
    });
  }
}
