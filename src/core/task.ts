import * as Fiber from "npm:effect@^4.1.0/Fiber";
import type * as Effect from "npm:effect@^4.1.0/Effect";
import { scopeOf } from "./_strand.ts";
import type { TaskNode, TaskState } from "./_task_node.ts";
import type { Body0, ErrorOf, Result, ServicesOf, SuccessOf } from "./body.ts";
import type { CancelScope } from "./cancel_scope.ts";
import type { ExitedWithoutStarting } from "./errors.ts";
import type { Future } from "./future.ts";
import { NotInRun } from "./usage_errors.ts";

/**
 * One running body, its name, and its place in the tree of tasks.
 *
 * @example Where am I?
 * ```ts
 * import { currentTask, nursery, run, type Task } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const crawl = nursery(function* (n) {
 *   const child = n.startSoon(async () => currentTask(), { name: "crawl" });
 *   return yield* child;
 * });
 * const task: Task = await run(crawl);
 * assert.equal(task.path, "main/crawl");
 * assert.equal(task.status, "succeeded");
 * ```
 */
export interface Task {
  /** Its own name: the one given, or that of its body. */
  readonly name: string;
  /** The names from the root down, as in `main/crawl/fetch /docs`. */
  readonly path: string;
  /** The task that opened its nursery; `undefined` at the root. Outlives both. */
  readonly parentTask: Task | undefined;
  /** The nursery that owns it; `undefined` at the root and while starting. */
  readonly parentNursery: Nursery<never, never> | undefined;
  /** While it is starting, the nursery that it will move to (R35). */
  readonly eventualParentNursery: Nursery<never, never> | undefined;
  /** The nurseries that it has open now, outermost first. */
  readonly childNurseries: ReadonlyArray<Nursery<never, never>>;
  /** What it is doing. */
  readonly status: TaskState;
  /** What it waits for, as in `Lock "orders"`, where that is known. */
  readonly waitingFor: string | undefined;
  /** Where it was spawned, in a run with `capture: "stack"`. */
  readonly spawnedAt: string | undefined;
}

/**
 * How a child says that it is ready; see `Nursery.start`.
 *
 * @example A child that is ready at once
 * ```ts
 * import { type Nursery, nursery, run, type TaskStatus } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * const server = (status: TaskStatus<number>) =>
 *   Effect.sync(() => status.started(8080));
 * const port = nursery(function* (n: Nursery) {
 *   return yield* Effect.orDie(n.start(server));
 * });
 * assert.equal(await run(port), 8080);
 * ```
 */
export interface TaskStatus<in V> {
  /**
   * Says that the child is ready and moves it into the nursery (R36).
   *
   * @param value What `start` answers with.
   * @throws {AlreadyStarted} In a second call.
   */
  started(value: V): void;
}

/**
 * Owns tasks: it ends after the last of them.
 *
 * `E` and `R` declare how its children may fail and what they may need;
 * starting one that does not fit does not compile. Handing the nursery to
 * another task is the one way to let that task spawn here.
 *
 * @example Declare how children may fail
 * ```ts
 * import { type Nursery, nursery, run } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * const failing = nursery(function* (n: Nursery<"no route">) {
 *   n.startSoon(Effect.fail("no route" as const));
 *   yield* Effect.void;
 * });
 * assert.equal(await run(Effect.flip(failing)), "no route");
 * ```
 *
 * @typeParam E How its children may fail.
 * @typeParam R Which services its children may need.
 */
export interface Nursery<in E = never, in R = never> {
  /**
   * Starts `child` as a task of this nursery, in a later turn (R18).
   *
   * Its scopes are those around the nursery (R1), its services those of the
   * task that spawns it (R61). It takes its first step even if the nursery is
   * cancelled already (R17).
   *
   * @param child A body.
   * @param options A name.
   * @returns The child's result, now or later.
   * @throws {NurseryClosed} If the nursery has ended.
   */
  startSoon<X extends Result<unknown, E, R>>(
    child: Body0<X>,
    options?: { readonly name?: string },
  ): Future<SuccessOf<X>, ErrorOf<X>>;
  /**
   * Starts `child` and waits until it says that it is ready.
   *
   * Until then the child belongs to the caller: its failure comes out here and
   * the caller's cancellation reaches it. `status.started(value)` moves it into
   * this nursery, and the call answers `value`.
   *
   * - **Cancellation:** of the caller cancels the child, and the call ends after
   *   the child's cleanup. Cancelling this nursery ends a pending start: once
   *   the child has cleaned up, the call fails with `ExitedWithoutStarting`.
   * - **Failure:** the child's own, or `ExitedWithoutStarting`.
   *
   * @param child Handed the status, then a signal.
   * @param options A name.
   * @returns What the child called `started` with.
   */
  start<V, X extends Result<unknown, E, R>>(
    child: (status: TaskStatus<V>, signal: AbortSignal) => X,
    options?: { readonly name?: string },
  ): Effect.Effect<V, ErrorOf<X> | ExitedWithoutStarting, ServicesOf<X>>;
  /** Covers the body and all children. */
  readonly cancelScope: CancelScope;
  /** Its living tasks, oldest first. */
  readonly children: ReadonlyArray<Task>;
  /** The name given, or `"nursery"`. */
  readonly name: string;
  /** Whether it has ended: nothing can be started any more. */
  readonly isClosed: boolean;
}

/** A task as the rest of this room sees it. */
export type AnyTask = TaskNode<Nursery<never, never>>;

/**
 * The task that is running.
 *
 * @example The root of a run
 * ```ts
 * import { currentTask, run } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * assert.equal(await run(Effect.sync(() => currentTask().name)), "main");
 * ```
 *
 * @returns The task.
 * @throws {NotInRun} Outside a task, as in a timer callback.
 */
export function currentTask(): Task {
  const task = runningTask();
  if (task === undefined) throw new NotInRun("read the current task");
  return task;
}

/** The task that is running, if one is. */
export function runningTask(): AnyTask | undefined {
  const fiber = Fiber.getCurrent();
  if (fiber === undefined) return undefined;
  return scopeOf(fiber)?.owner as AnyTask | undefined;
}
