import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Exit from "npm:effect@^4.1.0/Exit";
import type * as Context from "npm:effect@^4.1.0/Context";
import { isInterruptible } from "./_fiber_internals.ts";
import { isForkedUnderShield, scopeOf } from "./_strand.ts";
import { ScopeNode } from "./_scope_tree.ts";
import { endCancelled, interruptedByEffect } from "./_promise_wait.ts";
import { type AnyExit, isOnlyInterrupted } from "./_exit_state.ts";
import { ELSEWHERE } from "./_wait.ts";
import type { AnyBody } from "./any_body.ts";
import { effectOf } from "./_effect_of.ts";
import { ExitedWithoutStarting } from "./errors.ts";
import { outcomeOf } from "./outcome.ts";
import { cancellationOf } from "./provenance.ts";
import { suspendFiber } from "./suspend_task.ts";
import type { AnyTask, Nursery, TaskStatus } from "./task.ts";
import { AlreadyStarted, NurseryClosed } from "./usage_errors.ts";

/** What a start needs of its target nursery. */
export interface StartTarget extends Nursery<unknown, unknown> {
  readonly scope: ScopeNode;
  readonly task: AnyTask;
  makeTask(body: AnyBody, name: string | undefined, parent: AnyTask): AnyTask;
  adopt(task: AnyTask): void;
  holdOpen(): void;
  letGo(): void;
  spawnContext(): Context.Context<never>;
  taskEnded(task: AnyTask, exit: AnyExit): void;
}

/**
 * Starts a child that belongs to its caller until it says that it is ready
 * (R35 to R40).
 *
 * ```
 * starting ──started()──▶ started: a child of the target like any other
 *    │  └─started() under a cancelled caller: stays, the value is kept (R37)
 *    └──ends──▶ its result comes out of the call
 * ```
 */
export function startChild<V>(
  target: StartTarget,
  body: (status: TaskStatus<V>, signal: AbortSignal) => never,
  name: string | undefined,
): Effect.Effect<V, unknown> {
  return Effect.withFiber((fiber) => {
    if (target.isClosed) return Effect.die(new NurseryClosed(target.name));
    const caller = scopeOf(fiber) ?? target.scope;
    const task = target.makeTask(body, name, caller.owner as AnyTask);
    // Where Effect shields the caller, as in a finalizer, it shields the child.
    task.walled = !isInterruptible(fiber) || isForkedUnderShield(caller, fiber);
    const subject = { label: `"${task.name}" to start` };
    return suspendFiber<V, unknown>(fiber, subject, (settle) => {
      // It may have been closed since the fiber looked.
      if (target.isClosed) {
        settle(Exit.die(new NurseryClosed(target.name)));
        return undefined;
      }
      const start = new PendingStart<V>(target, task, caller, (result) => {
        settle(result === "cancelled" ? endCancelled(fiber) : result);
      });
      start.begin(body);
      // The caller's scopes reach the child through the tree; Effect does not.
      return (byEffect) => {
        if (!byEffect) return ELSEWHERE;
        task.cancelWith(interruptedByEffect());
        return "tooLate";
      };
    });
  });
}

/**
 * Calls `listener` whenever `scope` becomes cancelled, and now if it is; answers
 * how to call it off. One that keeps outer cancellations out again is not.
 */
function whenCancelled(scope: ScopeNode, listener: () => void): () => void {
  const ear = new ScopeNode();
  ear.host = { node: ear, cancelArrived: listener };
  ear.linkUnder(scope);
  if (ear.cancelled) listener();
  return () => ear.unlink();
}

/** One start, until the child is ready or has ended. */
class PendingStart<V> {
  #phase: "starting" | "started" | "ended" = "starting";
  #said: { readonly value: V } | undefined = undefined;
  #stopListening = () => {};

  constructor(
    readonly target: StartTarget,
    readonly task: AnyTask,
    readonly caller: ScopeNode,
    readonly settle: (result: Exit.Exit<V, unknown> | "cancelled") => void,
  ) {}

  begin(body: AnyBody): void {
    const { target, task, caller } = this;
    task.eventualParentNursery = target;
    task.linkUnder(caller);
    target.holdOpen();
    task.run.hooks?.emit("taskSpawned", task);
    // Unlike in Trio, a cancelled target ends a start that is pending (R39).
    this.#stopListening = whenCancelled(target.scope, () => {
      task.cancelWith(target.scope.strikes!);
    });
    const status: TaskStatus<V> = { started: (value) => this.#started(value) };
    const effect = effectOf(body, [status], task);
    const context = target.spawnContext();
    task.prepare(
      effect as Effect.Effect<unknown, unknown>,
      context,
      { taskEnded: (_, exit) => this.#ended(exit) },
    );
    task.run.queue.push(task);
  }

  #started(value: V): void {
    const { target, task } = this;
    if (this.#said !== undefined || this.#phase === "ended") {
      throw new AlreadyStarted(task.path);
    }
    this.#said = { value };
    if (task.hearsOuterCancellation) return;
    this.#phase = "started";
    this.#stopListening();
    task.eventualParentNursery = undefined;
    target.adopt(task);
    target.letGo();
    task.walled = false;
    task.moveUnder(target.scope);
    this.settle(Exit.succeed(value));
  }

  #ended(exit: AnyExit): void {
    if (this.#phase === "started") {
      return this.target.taskEnded(this.task, exit);
    }
    this.#phase = "ended";
    this.#stopListening();
    this.task.run.hooks?.emit("taskExited", this.task, outcomeOf(exit));
    this.settle(this.#answer(exit));
    this.target.letGo();
  }

  #answer(exit: AnyExit): Exit.Exit<V, unknown> | "cancelled" {
    const { path } = this.task;
    if (Exit.isSuccess(exit)) {
      return this.#said === undefined
        ? Exit.fail(new ExitedWithoutStarting(path))
        : Exit.succeed(this.#said.value);
    }
    if (!isOnlyInterrupted(exit)) return Exit.failCause(exit.cause);
    if (this.task.hearsOuterCancellation) return "cancelled";
    return Exit.fail(
      new ExitedWithoutStarting(path, cancellationOf(exit.cause)),
    );
  }
}
