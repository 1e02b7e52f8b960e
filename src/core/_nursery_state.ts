import type * as Cause from "npm:effect@^4.1.0/Cause";
import type * as Context from "npm:effect@^4.1.0/Context";
import * as Exit from "npm:effect@^4.1.0/Exit";
import * as Fiber from "npm:effect@^4.1.0/Fiber";
import type { DeadlineScope } from "./_deadline_scope.ts";
import type { AnyFiber } from "./_fiber_internals.ts";
import type { RunState } from "./_run_state.ts";
import { scopeOf } from "./_strand.ts";
import type { AnyExit } from "./_exit_state.ts";
import { TaskNode } from "./_task_node.ts";
import type { AnyBody } from "./any_body.ts";
import { effectOf } from "./_effect_of.ts";
import { checkBody } from "./check_body.ts";
import { nameIn } from "./check_options.ts";
import { type CancelScope, handleOf } from "./cancel_scope.ts";
import type { CancelReason } from "./cancel_reason.ts";
import { errorOf, failuresOf } from "./error_group.ts";
import { Future, settleFuture } from "./future.ts";
import { leakWatch } from "./leak_port.ts";
import { outcomeOf } from "./outcome.ts";
import { markOrigin } from "./_failure_origin.ts";
import { KeptFailures } from "./_kept_failures.ts";
import { startChild } from "./_start_child.ts";
import type { AnyTask, Nursery, Task, TaskStatus } from "./task.ts";
import { NurseryClosed } from "./usage_errors.ts";

/** What a failing child does to the others. */
export type FailurePolicy = "cancel" | "isolate";

/**
 * The nursery behind the handle: who lives, who failed, who is being waited for.
 *
 * It is closed when its body has ended, no child lives, and no start is pending
 * (R30). Until then it takes new children.
 */
export class NurseryState implements Nursery<unknown, unknown> {
  readonly scope: DeadlineScope;
  readonly task: AnyTask;
  readonly run: RunState;
  readonly #context: Context.Context<never>;
  readonly #policy: FailurePolicy;
  /** Hears of each child that has ended; see `watchChildren`. */
  watcher: ((place: number, exit: AnyExit) => boolean) | undefined = undefined;
  /** Was the body interrupted by nobody, as by `Effect.interrupt`? */
  bodyInterruptedItself = false;
  #alive = 0;
  #spawned = 0;
  #closed = false;
  readonly #failures = new KeptFailures();
  /** One interruption that a child passed on from outside. */
  #interruption: Cause.Reason<never> | undefined = undefined;
  #whenEmpty: (() => void) | undefined = undefined;

  constructor(
    scope: DeadlineScope,
    task: AnyTask,
    fiber: AnyFiber,
    policy: FailurePolicy,
  ) {
    this.scope = scope;
    this.task = task;
    this.run = task.run;
    this.#context = fiber.context;
    this.#policy = policy;
  }

  get cancelScope(): CancelScope {
    return handleOf(this.scope);
  }

  get name(): string {
    return this.scope.name;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  get children(): ReadonlyArray<Task> {
    const tasks: AnyTask[] = [];
    for (const node of this.scope.children()) {
      if (node instanceof TaskNode && node.parentNursery === this) {
        tasks.push(node as AnyTask);
      }
    }
    return tasks.reverse();
  }

  // deno-lint-ignore no-explicit-any
  startSoon(child: any, options?: { readonly name?: string }): any {
    if (this.#closed) throw new NurseryClosed(this.name);
    checkBody(child);
    const task = this.makeTask(child, nameIn(options), this.task);
    const future = task.future = new Future<unknown, unknown>(task);
    this.adopt(task);
    task.linkUnder(this.scope);
    this.run.hooks?.emit("taskSpawned", task);
    const body = effectOf<never>(child, [], task);
    task.prepare(body, this.spawnContext(), this);
    this.run.queue.push(task);
    return future;
  }

  // deno-lint-ignore no-explicit-any
  start<V>(child: any, options?: { readonly name?: string }): any {
    checkBody(child);
    const name = nameIn(options);
    const body = child as (status: TaskStatus<V>, signal: AbortSignal) => never;
    return startChild(this, body, name);
  }

  makeTask(body: AnyBody, name: string | undefined, parent: AnyTask): AnyTask {
    const task: AnyTask = new TaskNode<Nursery<never, never>>(
      name ?? (typeof body === "function" && body.name ? body.name : undefined),
      this.run,
      parent,
      this.#spawned++,
    );
    if (this.run.capturesStacks) {
      task.spawnedAt = new Error("spawned here").stack;
    }
    leakWatch?.made(() => task.remains);
    return task;
  }

  /** Counts a task as a child of this nursery. */
  adopt(task: AnyTask): void {
    this.#alive++;
    task.parentTask = this.task;
    task.parentNursery = this;
  }

  /** Keeps the nursery open for a start that is pending. */
  holdOpen(): void {
    this.#alive++;
  }

  letGo(): void {
    if (--this.#alive === 0) this.#emptied();
  }

  #emptied(): void {
    if (this.#whenEmpty === undefined) return;
    this.#closed = true;
    this.#whenEmpty();
  }

  /** The services of the task that spawns now; of the opener for host code. */
  spawnContext(): Context.Context<never> {
    const fiber = Fiber.getCurrent();
    if (fiber === undefined) return this.#context;
    return scopeOf(fiber)?.run === this.run ? fiber.context : this.#context;
  }

  taskEnded(task: AnyTask, exit: AnyExit): void {
    const future = task.future as Future<unknown, unknown> | undefined;
    task.future = undefined;
    if (future !== undefined) {
      settleFuture(future, exit, this.#policy === "cancel");
    }
    const isTaken = this.watcher?.(task.place, exit) ?? false;
    if (Exit.isFailure(exit) && !isTaken) {
      this.#childFailed(task, exit, future);
    }
    this.run.hooks?.emit("taskExited", task, outcomeOf(exit));
    this.letGo();
  }

  #childFailed(
    task: AnyTask,
    exit: Exit.Failure<unknown, unknown>,
    future: Future<unknown, unknown> | undefined,
  ): void {
    const [first] = failuresOf(exit.cause);
    if (first === undefined) {
      // A child that was cancelled on its own concerns nobody else.
      if (task.own === undefined && this.scope.cancelled) {
        this.#interruption ??= exit.cause.reasons[0] as Cause.Reason<never>;
      }
    } else if (this.#policy === "isolate") {
      this.#failures.add(exit.cause.reasons, future);
    } else {
      this.#failures.add(exit.cause.reasons);
      this.cancelOthers({
        _tag: "ChildFailed",
        task: task.path,
        error: errorOf(first),
      });
    }
  }

  /** Records how the body ended; its failure cancels the children (R25). */
  bodyEnded(exit: AnyExit, interruptedByEffect: boolean): void {
    if (Exit.isSuccess(exit)) {
      if (interruptedByEffect) this.cancelForEffect();
      return;
    }
    const [first] = failuresOf(exit.cause);
    if (first !== undefined) {
      this.#failures.add(
        exit.cause.reasons.map((it) => markOrigin(it, this.task)),
      );
      this.cancelOthers({ _tag: "BodyFailed", error: errorOf(first) });
    } else if (interruptedByEffect || !this.scope.cancelled) {
      this.bodyInterruptedItself = !interruptedByEffect;
      this.cancelForEffect();
    }
  }

  /** Cancels the children because Effect interrupted the opener. */
  cancelForEffect(): void {
    this.cancelOthers({ _tag: "Aborted", reason: "interrupted by Effect" });
  }

  cancelOthers(reason: CancelReason): void {
    this.scope.cancelFor(
      reason,
      reason._tag === "ChildFailed" ? reason.task : this.task.path,
      this.run.timers.now(),
    );
  }

  /**
   * Calls back when the last child has ended, or at once if none lives; from
   * that moment on the nursery is closed.
   */
  whenEmpty(listener: () => void): void {
    this.#whenEmpty = listener;
    if (this.#alive === 0) this.#emptied();
  }

  /** Everything that went wrong, in order, as one cause (R28). */
  close(body: AnyExit): ReadonlyArray<Cause.Reason<unknown>> {
    const interruptions = Exit.isFailure(body)
      ? body.cause.reasons.filter((reason) => reason._tag === "Interrupt")
      : [];
    if (interruptions.length === 0 && this.#interruption !== undefined) {
      interruptions.push(this.#interruption as Cause.Interrupt);
    }
    return [...this.#failures.once(), ...interruptions];
  }
}
