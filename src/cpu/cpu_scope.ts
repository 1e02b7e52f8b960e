// `any` here means "of whatever type": a task's own type says what it takes.
// deno-lint-ignore-file no-explicit-any
import type * as Duration from "npm:effect@^4.1.0/Duration";
import * as Effect from "npm:effect@^4.1.0/Effect";
import type * as Scope from "npm:effect@^4.1.0/Scope";
import type { ReceiveChannel } from "../channels/channel.ts";
import type { AnyBody } from "../core/any_body.ts";
import type { ErrorOf, Result, ServicesOf, SuccessOf } from "../core/body.ts";
import { effectOfHere } from "../core/body_here.ts";
import { nursery } from "../core/nursery.ts";
import type { Nursery } from "../core/task.ts";
import type { CpuError } from "./cpu_error.ts";
import type { CpuFuture } from "./cpu_future.ts";
import type { CpuStreamTask, CpuTask, Limiter } from "./cpu_task.ts";
import { CpuRequests } from "./pool/cpu_requests.ts";
import { PoolScope } from "./pool/pool_scope.ts";
import { poolSettings } from "./pool/pool_settings.ts";
import type { CpuStatistics } from "./pool/tally.ts";
import type { Strategy } from "./strategy/strategy.ts";
import type { Substrate } from "./substrate/substrate.ts";
import { threadSubstrate } from "./substrate/thread.ts";
import type { Send, Sendable } from "./task_signature.ts";

/**
 * How a CPU scope works.
 *
 * @example Two workers with little memory
 * ```ts
 * import { cpuScope, type CpuScopeOptions, inline } from "espalier/cpu";
 * import { run } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const small: CpuScopeOptions = { workers: 2, memoryLimit: 64 };
 * const one = inline(() => 1);
 * assert.equal(await run(cpuScope((cpu) => cpu.run(one), small)), 1);
 * ```
 */
export interface CpuScopeOptions {
  /** How many workers there may be; by default as many as there are cores. */
  readonly workers?: number;
  /** How many are started at once and kept; by default none before its task. */
  readonly min?: number;
  /** How long a worker may have nothing to do; by default 30 seconds. */
  readonly idleTimeout?: Duration.Input;
  /** Which worker gets a task; by default `leastLoaded`. */
  readonly strategy?: Strategy;
  /** How many tasks may wait that have not started; by default any number. */
  readonly queueLimit?: number;
  /**
   * What happens to one too many: it waits, the default; it is rejected; or the
   * one that has waited longest is dropped. The last two fail by `QueueFull`.
   */
  readonly onFull?: "wait" | "reject" | "drop";
  /**
   * How long a task that is to stop has to do so by itself, before its thread
   * is stopped; by default 50 milliseconds.
   */
  readonly grace?: Duration.Input;
  /**
   * MiB of heap that each worker may use, at least 8. `ArrayBuffer`s do not
   * count, up to a GiB more than all limits twice: a process that grows beyond
   * that under one synchronous task takes it for a loop that V8 cannot stop.
   */
  readonly memoryLimit?: number;
  /** Tasks whose functions every worker loads before its first task. */
  readonly warm?: readonly CpuTask<any, any>[];
  /** What it is called in reports. */
  readonly name?: string;
  /** Admits tasks, apart from the workers. */
  readonly limiter?: Limiter;
}

/** How `map` works. */
export interface MapOptions {
  /**
   * How many items go to one worker together; `"auto"`, the default, goes by
   * how long they take.
   */
  readonly chunk?: number | "auto";
  /** Whether results come in the order of the items; by default they do. */
  readonly ordered?: boolean;
}

/**
 * Runs tasks on other threads.
 *
 * @example Hand the scope on
 * ```ts
 * import { type CpuScope, cpuScope, inline } from "espalier/cpu";
 * import { run } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const square = inline((n: number) => n * n);
 * function* hypotenuse(cpu: CpuScope, a: number, b: number) {
 *   return Math.sqrt((yield* cpu.run(square, a)) + (yield* cpu.run(square, b)));
 * }
 * assert.equal(await run(cpuScope((cpu) => hypotenuse(cpu, 3, 4))), 5);
 * ```
 */
export interface CpuScope {
  /**
   * Runs a task and answers what it returned.
   *
   * - **Cancellation:** a checkpoint. A task that has not started is taken out
   *   of the queue. One that has started is asked to stop, by its flag and its
   *   signal; after the grace its thread is asked to exit, then stopped by
   *   force; only then does `run` end. A value that comes after the cancellation
   *   is dropped, an error is not.
   * - **Failure:** what the task threw, as `TaskFailed`; else as `CpuError` says.
   *
   * @param task The task.
   * @param args Its arguments: copied, or moved where `move` marks them.
   * @returns Waits for the result.
   */
  run<A extends readonly unknown[], R>(
    task: CpuTask<A, R>,
    ...args: Send<A>
  ): Effect.Effect<R, CpuError>;
  /**
   * Puts a task into the queue, now.
   *
   * - **Failure:** isolated: it comes out of the future. One that nobody has
   *   waited on fails the scope at its end.
   *
   * @param task The task.
   * @param args Its arguments.
   * @returns Its result, now or later.
   * @throws {NurseryClosed} If the scope has ended.
   */
  submit<A extends readonly unknown[], R>(
    task: CpuTask<A, R>,
    ...args: Send<A>
  ): CpuFuture<R>;
  /**
   * Runs a task on each item, on all workers, and answers the results.
   *
   * - **Cancellation:** as for `run`, of all that is under way.
   * - **Failure:** the first one; the rest is stopped.
   * - **Backpressure:** items are taken a few thousand ahead at most.
   *
   * @param task A task of one argument.
   * @param items What to run it on.
   * @param options How many at a time, and in which order.
   * @returns Waits for all results.
   */
  map<I, R>(
    task: CpuTask<[I], R>,
    items: Iterable<Sendable<I>>,
    options?: MapOptions,
  ): Effect.Effect<R[], CpuError>;
  /**
   * Runs a generator task and answers a channel of what it makes, which is
   * closed with the `Scope` around.
   *
   * - **Cancellation:** leaving early calls the generator's `return()`; a
   *   generator that does not return within the grace is stopped.
   * - **Failure:** comes out of the channel, behind what was made before.
   * - **Backpressure:** the generator is some hundreds of items ahead at most.
   *
   * @param task The task.
   * @param args Its arguments.
   * @returns Opens the channel.
   */
  stream<A extends readonly unknown[], Y, R>(
    task: CpuStreamTask<A, Y, R>,
    ...args: Send<A>
  ): Effect.Effect<ReceiveChannel<Y, CpuError>, never, Scope.Scope>;
  /**
   * Looks at the scope.
   *
   * @returns What it is doing and has done.
   */
  statistics(): CpuStatistics;
}

/**
 * Runs `body` with workers: a nursery whose children run on other threads. It
 * ends after the last of its tasks, with every worker gone.
 *
 * Workers are started when there is work for them, one in a turn of the loop:
 * each start blocks the loop for some 25 ms. Keep a scope around a program's
 * work rather than around each task.
 *
 * - **Order:** higher `priority` first, first come first served among equals.
 * - **Cancellation:** of the scope, by whatever is around it, cancels every
 *   task: see {@linkcode CpuScope.run}. When it ends, all code has stopped, or
 *   is told as `"leaked"`, in `statistics()` and on the console.
 * - **Failure:** that of the body; then of futures that failed and that nobody
 *   has waited on.
 * - **Cost:** a call of a task that does nothing, some two microseconds in a
 *   burst; waiting for one, some tens.
 *
 * @example Square numbers on every core
 * ```ts
 * import { cpuScope, inline } from "espalier/cpu";
 * import { run } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const square = inline((n: number) => n * n);
 * const squares = cpuScope((cpu) => cpu.map(square, [1, 2, 3, 4, 5]));
 * assert.deepEqual(await run(squares), [1, 4, 9, 16, 25]);
 * ```
 *
 * @param body Handed the scope, then a signal.
 * @param options How many workers, and how they work.
 * @returns The body's value.
 * @throws {RangeError} If an option is out of range.
 * @throws {TypeError} If an option is of the wrong type.
 */
export function cpuScope<X extends Result>(
  body: (cpu: CpuScope, signal: AbortSignal) => X,
  options: CpuScopeOptions = {},
): Effect.Effect<SuccessOf<X>, ErrorOf<X> | CpuError, ServicesOf<X>> {
  return cpuScopeOn(threadSubstrate(), body, options);
}

/** The same on whatever runs tasks. */
export function cpuScopeOn<X extends Result>(
  substrate: Substrate,
  body: (cpu: CpuScope, signal: AbortSignal) => X,
  options: CpuScopeOptions,
): Effect.Effect<SuccessOf<X>, ErrorOf<X> | CpuError, ServicesOf<X>> {
  const settings = poolSettings(options, substrate);
  const opened = nursery(
    (n: Nursery<unknown, unknown>) =>
      Effect.withFiber((fiber) => {
        const scope = new PoolScope(settings, n, fiber);
        const cpu = new CpuRequests(scope) as CpuScope;
        return scope.around(effectOfHere<X>(body as AnyBody, [cpu]));
      }),
    { name: settings.name, onChildFailure: "isolate" },
  );
  return opened as Effect.Effect<
    SuccessOf<X>,
    ErrorOf<X> | CpuError,
    ServicesOf<X>
  >;
}
