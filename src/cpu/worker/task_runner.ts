// Runs tasks, one at a time: finds the function, calls it under its deadline,
// waits where it waits, and replies.

import { reviveShared, type SharedHandle } from "../shared/handle.ts";
import { NUMBER_WORD, STATE, WORD } from "../shared/control.ts";
import { type CallOptions, REQUEST } from "../transport/frame_kinds.ts";
import type { Frame } from "../transport/frame_ring.ts";
import type { MemoryWatch } from "./memory_watch.ts";
import { RunningTask } from "./running_task.ts";
import { makeTwin } from "./shared_twins.ts";
import { TaskCall } from "./task_call.ts";
import type { TaskFunction, TaskRegistry } from "./task_registry.ts";
import type { TaskReply } from "./task_reply.ts";
import type { WorkerLink } from "./worker_link.ts";

/** Of a call that says nothing about itself. */
const PLAIN: CallOptions = {};

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

  /**
   * Does what a frame says; answers a promise where that takes time.
   *
   * @param follows Whether it came right behind another one.
   */
  accept(frame: Frame, follows: boolean): void | Promise<void> {
    if (frame.kind !== REQUEST.define) return this.#begin(frame, follows);
    const [kind, source, name] = frame.values as string[];
    const entry = { kind: kind!, source: source!, name: name! };
    this.#parts.registry.define(frame.extra, entry);
  }

  #begin(frame: Frame, follows: boolean): void | Promise<void> {
    const { link, registry, reply, worker } = this.#parts;
    const name = registry.nameOf(frame.extra);
    const task = new RunningTask(link, worker, frame.id, name);
    this.#current = task;
    link.numbers[NUMBER_WORD.startedAt] = 0;
    Atomics.store(link.control, WORD.current, task.id);
    reply.start(follows);
    const found = registry.resolve(frame.extra);
    if (found instanceof Promise) {
      return found.then(async (loaded) => {
        link.enter(STATE.running);
        await link.freshTurn();
        reply.start(false);
        return this.#conclude(task, this.#run(frame, task, loaded));
      });
    }
    return this.#conclude(task, this.#run(frame, task, found));
  }

  #run(
    { kind, values }: Frame,
    task: RunningTask,
    found: TaskFunction,
  ): void | Promise<void> {
    if (kind === REQUEST.call) {
      return new TaskCall(this.#parts, task, { found, options: PLAIN })
        .run(values);
    }
    if (kind === REQUEST.load) {
      const { reply } = this.#parts;
      if ("missing" in found) return reply.missing(task, found);
      return reply.returned(task, undefined);
    }
    const options = values[0] as CallOptions;
    const call = new TaskCall(this.#parts, task, { found, options });
    const args = this.#args(values.slice(1), options);
    return kind === REQUEST.stream ? call.stream(args) : call.run(args);
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

  /** The arguments of a call, shared primitives in their own form. */
  #args(
    args: readonly unknown[],
    options: CallOptions,
  ): readonly unknown[] {
    if (!options.shared) return args;
    const make = (handle: SharedHandle) =>
      makeTwin(handle, () => {
        if (this.#current) return this.#current;
        throw new Error(`Cannot use ${handle.name}: no task is running`);
      });
    return reviveShared(args, make) as unknown[];
  }
}
