// Runs tasks, one at a time: finds the function, calls it under its deadline,
// waits where it waits, and replies.

import { reviveShared, type SharedHandle } from "../shared/handle.ts";
import { STATE, WORD } from "../shared/control.ts";
import { type CallOptions, REQUEST } from "../transport/frame_kinds.ts";
import type { Frame } from "../transport/frame_ring.ts";
import type { MemoryWatch } from "./memory_watch.ts";
import { RunningTask } from "./running_task.ts";
import { makeTwin } from "./shared_twins.ts";
import { TaskCall } from "./task_call.ts";
import type { TaskFunction, TaskRegistry } from "./task_registry.ts";
import type { TaskReply } from "./task_reply.ts";
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

/** Runs the tasks of a worker. */
export class TaskRunner {
  readonly #parts: RunnerParts;
  #current: RunningTask | undefined;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
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
          (task, found) => this.#call(task, found, {}).run(values),
        );
      case REQUEST.callWith:
        return this.#begin(
          frame,
          (task, found) =>
            this.#call(task, found, optionsOf(values)).run(this.#args(values)),
        );
      case REQUEST.stream:
        return this.#begin(
          frame,
          (task, found) =>
            this.#call(task, found, optionsOf(values))
              .stream(this.#args(values)),
        );
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
    if (!running) return this.#end(task);
    link.enter(STATE.waiting);
    memory.start();
    return running.then(() => {
      memory.stop();
      this.#end(task);
    });
  }

  #end(task: RunningTask): void {
    const { link, onEnd } = this.#parts;
    this.#current = undefined;
    Atomics.store(link.control, WORD.current, 0);
    link.enter(STATE.idle);
    onEnd(task);
  }

  #call(
    task: RunningTask,
    found: TaskFunction,
    options: CallOptions,
  ): TaskCall {
    const { link, reply } = this.#parts;
    return new TaskCall({ link, reply }, task, { found, options });
  }

  /** The arguments behind the options, shared primitives in their own form. */
  #args(values: readonly unknown[]): readonly unknown[] {
    const args = values.slice(1);
    if (!optionsOf(values).shared) return args;
    const make = (handle: SharedHandle) =>
      makeTwin(handle, () => {
        if (this.#current) return this.#current;
        throw new Error(`Cannot use ${handle.name}: no task is running`);
      });
    return reviveShared(args, make) as unknown[];
  }
}

function optionsOf(values: readonly unknown[]): CallOptions {
  return values[0] as CallOptions;
}
