// `any` here means "of whatever type": a task's own type says what it takes.
// deno-lint-ignore-file no-explicit-any
import type * as Duration from "npm:effect@^4.1.0/Duration";
import type * as Effect from "npm:effect@^4.1.0/Effect";
import type { Moved } from "./worker/moved.ts";

declare const task: unique symbol;

/**
 * What admits tasks one at a time or so many at once, apart from the workers: a
 * `CapacityLimiter`, or anything else that has these two.
 *
 * @example A limiter that only counts
 * ```ts
 * import { cpuScope, inline, type Limiter } from "espalier/cpu";
 * import { run } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * let inside = 0;
 * const counting: Limiter = {
 *   acquireOnBehalfOf: () => Effect.sync(() => void inside++),
 *   releaseOnBehalfOf: () => void inside--,
 * };
 * const one = inline(() => 1).with({ limiter: counting });
 * await run(cpuScope((cpu) => cpu.run(one)));
 * assert.equal(inside, 0);
 * ```
 */
export interface Limiter {
  /**
   * Waits until `borrower` is admitted.
   *
   * - **Cancellation:** must be a checkpoint that admits nobody when cancelled.
   */
  acquireOnBehalfOf(borrower: unknown): Effect.Effect<void>;
  /** `borrower` is done. */
  releaseOnBehalfOf(borrower: unknown): void;
}

/**
 * How a task is to be run; what `task.with` takes.
 *
 * @example Two tasks of one function
 * ```ts
 * import { inline, type TaskOptions } from "espalier/cpu";
 * import assert from "node:assert/strict";
 *
 * const urgent: TaskOptions = { priority: 10, timeout: "1 second" };
 * const square = inline((n: number) => n * n);
 * assert.notEqual(square.with(urgent), square);
 * ```
 */
export interface TaskOptions {
  /**
   * How long it may run, from its start; then it fails with `DeadlineExceeded`
   * and its worker is kept.
   */
  readonly timeout?: Duration.Input;
  /** Higher goes first; 0 by default, first come first served among equals. */
  readonly priority?: number;
  /** What is handed over instead of copied, wherever in the arguments it is. */
  readonly transfer?: readonly Transferable[];
  /**
   * Called on the loop with how far it has come: the newest report only, and
   * the last one before the result.
   */
  readonly onProgress?: (fraction: number) => void;
  /** What `affinity` goes by. */
  readonly key?: string | number;
  /** Admits it, instead of the scope's limiter. */
  readonly limiter?: Limiter;
  /** What it may call by `callHost`: plain functions, or ones that give bodies. */
  readonly host?: Readonly<Record<string, (...args: any[]) => unknown>>;
  /** What it is called in messages. */
  readonly name?: string;
}

/**
 * A function that runs on another thread. A value, not a function: only a CPU
 * scope runs it.
 *
 * @typeParam A What it is called with.
 * @typeParam R What it answers.
 *
 * @example A task is a value
 * ```ts
 * import { cpuScope, type CpuTask, inline } from "espalier/cpu";
 * import { run } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const square: CpuTask<[n: number], number> = inline((n: number) => n * n);
 * assert.equal(await run(cpuScope((cpu) => cpu.run(square, 12))), 144);
 * ```
 */
export interface CpuTask<A extends readonly unknown[], R> {
  /** Marks the type. */
  readonly [task]: "call";
  /** Marks the type of its arguments. */
  readonly _A: A;
  /** Marks the type of its result. */
  readonly _R: R;
  /** What it is called in messages. */
  readonly name: string;
  /** Answers the same task with options more. */
  with(options: TaskOptions): CpuTask<A, R>;
}

/**
 * A generator function that runs on another thread.
 *
 * @typeParam A What it is called with.
 * @typeParam Y What it makes, one after the other.
 * @typeParam R What it returns, which is not delivered.
 *
 * @example Count on another thread
 * ```ts
 * import { cpuScope, type CpuStreamTask, inline } from "espalier/cpu";
 * import { run } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * const count: CpuStreamTask<[to: number], number, void> = inline(
 *   function* (to: number) {
 *     for (let n = 1; n <= to; n++) yield n;
 *   },
 * );
 * const seen: number[] = [];
 * await run(cpuScope((cpu) =>
 *   Effect.scoped(Effect.flatMap(
 *     cpu.stream(count, 3),
 *     (numbers) => numbers.forEach(async (n) => void seen.push(n)),
 *   ))
 * ));
 * assert.deepEqual(seen, [1, 2, 3]);
 * ```
 */
export interface CpuStreamTask<A extends readonly unknown[], Y, R> {
  /** Marks the type. */
  readonly [task]: "stream";
  /** Marks the type of its arguments. */
  readonly _A: A;
  /** Marks the type of what it makes. */
  readonly _Y: Y;
  /** Marks the type of what it returns. */
  readonly _R: R;
  /** What it is called in messages. */
  readonly name: string;
  /** Answers the same task with options more. */
  with(options: TaskOptions): CpuStreamTask<A, Y, R>;
}

type Unmoved<R> = R extends Moved<infer U> ? U : R;

/**
 * The task that a function makes. A function that never returns (`never`) and
 * one of any type come first: both would pass for a generator.
 *
 * @example Name the task of a function
 * ```ts
 * import { inline, type TaskOf } from "espalier/cpu";
 * import assert from "node:assert/strict";
 *
 * const double = (n: number) => n * 2;
 * const task: TaskOf<typeof double> = inline(double);
 * assert.equal(task.name, "double");
 * ```
 */
export type TaskOf<F> = F extends (...a: infer A) => infer R
  ? [R] extends [never] ? CpuTask<A, never>
  : 0 extends 1 & R ? CpuTask<A, any>
  : [R] extends [
    Generator<infer Y, infer Z, any> | AsyncGenerator<infer Y, infer Z, any>,
  ] ? CpuStreamTask<A, Unmoved<Y>, Z>
  : CpuTask<A, Unmoved<Awaited<R>>>
  : never;
