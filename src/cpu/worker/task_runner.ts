// Runs tasks, one at a time: finds the function, calls it under its deadline,
// waits where it waits, and replies.

import { reviveShared } from "../shared/handle.ts";
import { NUMBER_WORD, STATE, WORD } from "../shared/control.ts";
import { type CallOptions, REQUEST } from "../transport/frame_kinds.ts";
import type { Frame } from "../transport/frame_ring.ts";
import { currentContext } from "./context.ts";
import { runWithin, STOPPED } from "./deadline.ts";
import type { MemoryWatch } from "./memory_watch.ts";
import { RunningTask } from "./running_task.ts";
import { makeTwin } from "./shared_twins.ts";
import { isAsyncGenerator, isGenerator, StreamRun } from "./stream_run.ts";
import type { TaskFunction, TaskRegistry } from "./task_registry.ts";
import type { TaskReply } from "./task_reply.ts";
import { DeadlineExceeded } from "./worker_errors.ts";
import type { WorkerLink } from "./worker_link.ts";

/** What a runner works with. */
export interface RunnerParts {
  readonly worker: number;
  readonly link: WorkerLink;
  readonly registry: TaskRegistry;
  readonly reply: TaskReply;
  readonly memory: MemoryWatch;
  /** Called when a task has ended. */
  readonly onEnd: (task: RunningTask) => void;
}

/** Thrown through a generator's driver when a step was cut off. */
const CUT_OFF = new Error("Cannot finish the step: its time is up");

/** Runs the tasks of a worker. */
export class TaskRunner {
  readonly #parts: RunnerParts;
  readonly #numbers: Float64Array;
  #current: RunningTask | undefined;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
    this.#numbers = new Float64Array(parts.link.control.buffer);
  }

  /** The task that runs, if one does. */
  get current(): RunningTask | undefined {
    return this.#current;
  }

  /** Does what a frame says; answers a promise where that takes time. */
  accept(frame: Frame): void | Promise<void> {
    const { registry } = this.#parts;
    const { kind, values } = frame;
    switch (kind) {
      case REQUEST.define: {
        const [from, source, name] = values as string[];
        const entry = { kind: from!, source: source!, name: name! };
        return registry.define(frame.extra, entry);
      }
      case REQUEST.load:
        return this.#begin(frame, (task, found) => {
          if ("missing" in found) this.#parts.reply.missing(task, found);
          else this.#parts.reply.returned(task, undefined);
        });
      case REQUEST.call:
        return this.#begin(
          frame,
          (task, found) => this.#call(task, found, values, {}),
        );
      case REQUEST.callWith:
      case REQUEST.stream: {
        const options = values[0] as CallOptions;
        const args = values.slice(1);
        return this.#begin(
          frame,
          (task, found) =>
            kind === REQUEST.stream
              ? this.#stream(task, found, args, options)
              : this.#call(task, found, args, options),
        );
      }
    }
  }

  #begin(
    frame: Frame,
    run: (task: RunningTask, found: TaskFunction) => void | Promise<void>,
  ): void | Promise<void> {
    const { link, registry, reply, worker } = this.#parts;
    const name = registry.nameOf(frame.extra);
    const task = new RunningTask(link.control, worker, { id: frame.id, name });
    this.#current = task;
    Atomics.store(link.control, WORD.current, task.id);
    reply.start();
    const found = registry.resolve(frame.extra);
    if (found instanceof Promise) {
      return found.then(async (loaded) => {
        link.enter(STATE.running);
        await link.freshTurn();
        return this.#conclude(task, run(task, loaded));
      });
    }
    return this.#conclude(task, run(task, found));
  }

  /** Ends a task whose run has ended, now or later. */
  #conclude(
    task: RunningTask,
    running: void | Promise<void>,
  ): void | Promise<void> {
    const { link, memory } = this.#parts;
    if (!running) return this.#end(task, false);
    link.enter(STATE.waiting);
    memory.start();
    return running.then(() => {
      memory.stop();
      this.#end(task, false);
    });
  }

  #end(task: RunningTask, cutOff: boolean): void {
    if (this.#current !== task) return;
    const { link, onEnd } = this.#parts;
    task.end(cutOff);
    this.#current = undefined;
    Atomics.store(link.control, WORD.current, 0);
    link.enter(STATE.idle);
    onEnd(task);
  }

  #call(
    task: RunningTask,
    found: TaskFunction,
    args: readonly unknown[],
    options: CallOptions,
  ): void | Promise<void> {
    const { reply } = this.#parts;
    return this.#guarded(task, found, options, (invoke, step) => {
      const value = step(() => invoke(args));
      if (!isThenable(value)) return reply.returned(task, value);
      return this.#awaitTask(
        task,
        options,
        Promise.resolve(value),
        (result) => reply.returned(task, result),
      );
    });
  }

  #stream(
    task: RunningTask,
    found: TaskFunction,
    args: readonly unknown[],
    options: CallOptions,
  ): void | Promise<void> {
    const { link, reply } = this.#parts;
    Atomics.store(link.control, WORD.credit, options.credit ?? 1);
    return this.#guarded(task, found, options, (invoke, step) => {
      const generator = step(() => invoke(args));
      const run = new StreamRun(link, reply, task, step);
      if (isGenerator(generator)) return run.drive(generator);
      if (isAsyncGenerator(generator)) {
        return this.#awaitTask(
          task,
          options,
          run.driveAsync(generator),
          () => {},
        );
      }
      throw new TypeError(
        `Cannot stream "${task.name}": it did not return a generator`,
      );
    });
  }

  /** Calls under the task's deadline, and turns what goes wrong into a fault. */
  #guarded(
    task: RunningTask,
    found: TaskFunction,
    options: CallOptions,
    body: (
      invoke: (args: readonly unknown[]) => unknown,
      step: <A>(step: () => A) => A,
    ) => void | Promise<void>,
  ): void | Promise<void> {
    const { link, reply } = this.#parts;
    if ("missing" in found) return reply.missing(task, found);
    this.#numbers[NUMBER_WORD.startedAt] = performance.timeOrigin +
      performance.now();
    reply.start();
    const invoke = (args: readonly unknown[]) =>
      Reflect.apply(
        found.call,
        currentContext(),
        options.shared ? this.#withTwins(args) : args,
      );
    try {
      // Cancelled while it waited for its module: it does not start.
      if (task.isCancelled) throw task.reason;
      link.enter(STATE.running);
      return body(invoke, stepWithin(options.timeout));
    } catch (error) {
      this.#failed(task, options, error);
    }
  }

  #awaitTask<A>(
    task: RunningTask,
    { timeout }: CallOptions,
    promise: Promise<A>,
    onValue: (value: A) => void,
  ): Promise<void> {
    if (timeout !== undefined) {
      const passed = performance.timeOrigin + performance.now() -
        this.#numbers[NUMBER_WORD.startedAt]!;
      task.startTimer(timeout - passed, timeout);
    }
    return promise.then(
      // Order: late is late, whatever it came back with.
      (value) =>
        task.isLate
          ? this.#parts.reply.threw(task, task.reason)
          : onValue(value),
      (error) => this.#failed(task, { timeout: timeout ?? 0 }, error),
    );
  }

  #failed(task: RunningTask, options: CallOptions, error: unknown): void {
    const { reply } = this.#parts;
    if (error !== CUT_OFF) return reply.threw(task, error);
    const late = new DeadlineExceeded(task.name, options.timeout ?? 0);
    task.expire(late);
    reply.threw(task, late);
    this.#end(task, true);
  }

  #withTwins(args: readonly unknown[]): readonly unknown[] {
    const make = (handle: Parameters<typeof makeTwin>[0]) =>
      makeTwin(handle, () => {
        if (this.#current) return this.#current;
        throw new Error(`Cannot use ${handle.name}: no task is running`);
      });
    return reviveShared(args, make) as unknown[];
  }
}

/** Runs each step within what is left of the budget. */
function stepWithin(budget: number | undefined): <A>(step: () => A) => A {
  if (budget === undefined) return (step) => step();
  const deadline = performance.now() + budget;
  return (step) => {
    const result = runWithin(deadline - performance.now(), step);
    if (result === STOPPED) throw CUT_OFF;
    return result;
  };
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value &&
    typeof value.then === "function";
}
