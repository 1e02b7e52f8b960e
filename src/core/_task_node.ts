import * as Context from "npm:effect@^4.1.0/Context";
import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Exit from "npm:effect@^4.1.0/Exit";
import * as Fiber from "npm:effect@^4.1.0/Fiber";
import type { AsyncContext } from "./_async_context.ts";
import { type AnyExit, stateOf } from "./_exit_state.ts";
import type { Job } from "./_run_queue.ts";
import type { RunState } from "./_run_state.ts";
import { ScopeNode, type ScopeOwner } from "./_scope_tree.ts";
import { CurrentScope, scopeOf, Strand } from "./_strand.ts";
import type { OpenWait } from "./wait_subject.ts";
import { pathForChildren } from "./_task_path.ts";
import { watchCleanup } from "./_cleanup_watch.ts";
import { withProvenance } from "./_exit_provenance.ts";
import type { Cancellation } from "./cancellation.ts";

/** What a task is doing, as `Task.status` tells it. */
export type TaskState =
  | "pending"
  | "running"
  | "waiting"
  | "cancelling"
  | "succeeded"
  | "failed"
  | "cancelled";

/** Who is told that a task has ended. */
export interface TaskKeeper {
  taskEnded(task: TaskNode, exit: AnyExit): void;
}

/**
 * A task: a place in the scope tree, directly under the scope of its nursery,
 * with a name, an owner, and a body that runs on a fiber of its own.
 *
 * @typeParam N The type of a nursery, which lives on a floor above.
 */
export class TaskNode<N = unknown> extends ScopeNode
  implements ScopeOwner, Job {
  wait: OpenWait | undefined = undefined;
  #parentTask: TaskNode<N> | undefined;
  parentNursery: N | undefined;
  exit: AnyExit | undefined = undefined;
  /** The future of its result, while it lives and if it has one. */
  future: object | undefined = undefined;
  cancelPoints = 0;
  schedulePoints = 0;
  declare run: RunState;
  readonly #givenName: string | undefined;
  #body: Effect.Effect<unknown, unknown> | undefined = undefined;
  #context: Context.Context<never> | undefined = undefined;
  #keeper: TaskKeeper | undefined = undefined;
  #rare: Rare<N> | undefined = undefined;
  /** How many tasks its nursery had before it. */
  readonly place: number;

  constructor(
    name: string | undefined,
    run: RunState,
    parentTask: TaskNode<N> | undefined,
    place: number,
  ) {
    super();
    this.#givenName = name;
    this.run = run;
    this.owner = this;
    this.#parentTask = parentTask;
    this.parentNursery = undefined;
    this.place = place;
  }

  override get name(): string {
    return this.#givenName ?? `task-${this.place}`;
  }

  override get label(): string {
    return `task "${this.path}"`;
  }

  override get wayStep(): string {
    return `task "${this.name}"`;
  }

  get parentTask(): TaskNode<N> | undefined {
    return this.#parentTask;
  }

  set parentTask(task: TaskNode<N> | undefined) {
    if (task === this.#parentTask) return;
    this.#parentTask = task;
    this.run.paths = new WeakMap();
  }

  get path(): string {
    const parent = this.#parentTask;
    return parent === undefined
      ? this.name
      : `${pathForChildren(parent)}/${this.name}`;
  }

  /** The nursery that it will move to when it calls `started()`. */
  get eventualParentNursery(): N | undefined {
    return this.#rare?.eventualParentNursery;
  }

  set eventualParentNursery(nursery: N | undefined) {
    this.#rarely().eventualParentNursery = nursery;
  }

  /** Where it was spawned, when the run captures stacks. */
  get spawnedAt(): string | undefined {
    return this.#rare?.spawnedAt;
  }

  set spawnedAt(stack: string | undefined) {
    this.#rarely().spawnedAt = stack;
  }

  get childNurseries(): ReadonlyArray<N> {
    return this.#rare?.nurseries.slice() ?? [];
  }

  #rarely(): Rare<N> {
    return this.#rare ??= new Rare();
  }

  get waitingFor(): string | undefined {
    if (this.status !== "waiting" && this.status !== "cancelling") {
      return undefined;
    }
    return this.wait?.subject?.label;
  }

  /** What is left of it, for those who look for leaks. */
  get remains(): string | undefined {
    if (this.exit !== undefined) return undefined;
    const { waitingFor } = this;
    return `task "${this.path}"` +
      (waitingFor === undefined ? "" : `, which waits for ${waitingFor}`);
  }

  get status(): TaskState {
    const { exit } = this;
    if (exit !== undefined) return stateOf(exit);
    if (this.host === undefined) return "pending";
    if (this.cancelled) return "cancelling";
    if (this.wait !== undefined) return "waiting";
    const fiber = Fiber.getCurrent();
    const isCurrent = fiber !== undefined && scopeOf(fiber)?.owner === this;
    return isCurrent ? "running" : "waiting";
  }

  nurseryOpened(nursery: N): void {
    this.#rarely().nurseries.push(nursery);
    this.run.hooks?.emit("nurseryOpened", nursery, this);
  }

  nurseryClosed(nursery: N): void {
    const { nurseries } = this.#rarely();
    nurseries.splice(nurseries.lastIndexOf(nursery), 1);
    this.run.hooks?.emit("nurseryClosed", nursery);
  }

  /** Calls `listener` when the task has ended; answers how to call it off. */
  whenExited(listener: () => void): () => void {
    const listeners = this.#rarely().exitListeners;
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** Gets ready: `step` takes the first one, and `keeper` hears of the end. */
  prepare(
    body: Effect.Effect<unknown, unknown>,
    context: Context.Context<never>,
    keeper: TaskKeeper,
  ): void {
    this.#body = body;
    this.#context = context;
    this.#keeper = keeper;
  }

  /** A run has one: a task goes on in that of its parent, whoever wakes it. */
  get asyncContext(): AsyncContext | undefined {
    const host = this.parentTask?.host;
    return host instanceof Strand ? host.asyncContext : undefined;
  }

  /**
   * Runs the body on a new fiber, up to its first wait. Called from the run
   * queue, or where a run begins.
   *
   * Order: the first step is taken even by a task that is cancelled already
   * (R17); the cancellation meets it in its first wait.
   */
  step(): void {
    const body = this.#body!;
    const context = this.#context!;
    this.#body = this.#context = undefined;
    const entry = Effect.withFiber((fiber) => {
      const strand = new Strand(fiber, this, this.run.queue, this.asyncContext);
      this.host = strand;
      this.run.hooks?.emit("taskStarted", this);
      if (this.cancelled) strand.enqueue();
      return body;
    });
    const fiber = Effect.runForkWith(
      Context.add(context, CurrentScope, this as ScopeNode),
    )(entry);
    const exit = fiber.pollUnsafe();
    if (exit !== undefined) this.#end(exit);
    else fiber.addObserver((exit) => this.#end(exit));
  }

  /** Cancels the task; its cleanup is watched like that of a scope. */
  override cancelWith(cancellation: Cancellation): boolean {
    if (this.exit !== undefined || !super.cancelWith(cancellation)) {
      return false;
    }
    this.#rarely().stopWatching = watchCleanup(this);
    return true;
  }

  #end(raw: AnyExit): void {
    const exit = Exit.isFailure(raw) ? withProvenance(raw, this) : raw;
    this.exit = exit;
    this.unlink();
    this.#rare?.stopWatching?.();
    const keeper = this.#keeper!;
    this.#keeper = undefined;
    keeper.taskEnded(this, exit);
    const listeners = this.#rare?.exitListeners;
    listeners?.forEach((listener) => listener());
    listeners?.clear();
  }
}

/** What few of a million tasks have; made when there is something to keep. */
class Rare<N> {
  eventualParentNursery: N | undefined = undefined;
  spawnedAt: string | undefined = undefined;
  readonly nurseries: N[] = [];
  readonly exitListeners = new Set<() => void>();
  /** Calls off the watch over its cleanup. */
  stopWatching: (() => void) | undefined = undefined;
}
