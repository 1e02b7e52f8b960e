// One call of a task's function, to its reply: under its deadline, in one step
// or in many, waited for where it waits.

import { NUMBER_WORD, STATE, WORD } from "../shared/control.ts";
import type { CallOptions } from "../transport/frame_kinds.ts";
import { currentContext } from "./context.ts";
import type { RunningTask } from "./running_task.ts";
import { isAsyncGenerator, isGenerator, StreamRun } from "./stream_run.ts";
import type { TaskFunction } from "./task_registry.ts";
import type { TaskReply } from "./task_reply.ts";
import { CUT_OFF, isThenable, type RunStep, stepWithin } from "./task_step.ts";
import { DeadlineExceeded } from "./worker_errors.ts";
import type { WorkerLink } from "./worker_link.ts";

/** What a call works with. */
export interface CallParts {
  readonly link: WorkerLink;
  readonly reply: TaskReply;
}

/** What is called, and how. */
export interface Callee {
  readonly found: TaskFunction;
  readonly options: CallOptions;
}

/** A call on its way to its reply. */
export class TaskCall {
  readonly #parts: CallParts;
  readonly #task: RunningTask;
  readonly #callee: Callee;

  constructor(parts: CallParts, task: RunningTask, callee: Callee) {
    this.#parts = parts;
    this.#task = task;
    this.#callee = callee;
  }

  /** Calls, and replies with what it returns. */
  run(args: readonly unknown[]): void | Promise<void> {
    const { reply } = this.#parts;
    return this.#guarded((invoke, step) => {
      const value = step(() => invoke(args));
      if (!isThenable(value)) return reply.returned(this.#task, value);
      return this.#settled(
        Promise.resolve(value),
        (result) => reply.returned(this.#task, result),
      );
    });
  }

  /** Calls, and sends what the generator makes as it makes it. */
  stream(args: readonly unknown[]): void | Promise<void> {
    const { link, reply } = this.#parts;
    const credit = this.#callee.options.credit ?? 1;
    Atomics.store(link.control, WORD.credit, credit);
    return this.#guarded((invoke, step) => {
      const generator = step(() => invoke(args));
      const run = new StreamRun(link, reply, this.#task, step);
      if (isGenerator(generator)) return run.drive(generator);
      if (isAsyncGenerator(generator)) {
        return this.#settled(run.driveAsync(generator), () => {});
      }
      throw new TypeError(
        `Cannot stream "${this.#task.name}": it did not return a generator`,
      );
    });
  }

  /** Calls under the deadline, and turns what goes wrong into a fault. */
  #guarded(
    body: (
      invoke: (args: readonly unknown[]) => unknown,
      step: RunStep,
    ) => void | Promise<void>,
  ): void | Promise<void> {
    const { link, reply } = this.#parts;
    const { found, options } = this.#callee;
    const task = this.#task;
    if ("missing" in found) return reply.missing(task, found);
    if (options.timeout !== undefined) {
      link.numbers[NUMBER_WORD.startedAt] = now();
    }
    const invoke = (args: readonly unknown[]) =>
      Reflect.apply(found.call, currentContext(), args);
    try {
      // Cancelled while it waited for its module: it does not start.
      if (task.isCancelled) throw task.reason;
      link.enter(STATE.running);
      return body(invoke, stepWithin(options.timeout));
    } catch (error) {
      this.#failed(error);
    }
  }

  #settled<A>(
    promise: Promise<A>,
    onValue: (value: A) => void,
  ): Promise<void> {
    const { timeout } = this.#callee.options;
    const task = this.#task;
    if (timeout !== undefined) {
      const { numbers } = this.#parts.link;
      const passed = now() - numbers[NUMBER_WORD.startedAt]!;
      task.startTimer(timeout - passed, timeout);
    }
    return promise.then(
      // Order: late is late, whatever it came back with.
      (value) => task.isLate ? this.#failed(task.reason) : onValue(value),
      (error) => this.#failed(error),
    );
  }

  #failed(error: unknown): void {
    const { reply } = this.#parts;
    const task = this.#task;
    if (error !== CUT_OFF) return reply.threw(task, error);
    const { timeout = 0 } = this.#callee.options;
    const late = new DeadlineExceeded(task.name, timeout);
    task.expire(late);
    task.end(true);
    reply.threw(task, late);
  }
}

/** Milliseconds since the epoch, as exactly as the platform tells. */
function now(): number {
  return performance.timeOrigin + performance.now();
}
