// What a worker says when a task has ended, one way or the other.

import { FrozenData } from "../../wire/frozen_data.ts";
import { isPlainData } from "../../wire/plain_data.ts";
import { STATE } from "../shared/control.ts";
import { type Fault, REPLY } from "../transport/frame_kinds.ts";
import { movingOf } from "./moved.ts";
import { refusedValue } from "./refused_value.ts";
import type { RunningTask } from "./running_task.ts";
import type { Missing } from "./task_module.ts";
import { cleanFailure, type WorkerLink } from "./worker_link.ts";

/** Sends the ends of tasks to the loop. */
export class TaskReply {
  readonly #link: WorkerLink;
  #startedAt = 0;
  #endedAt = 0;
  #weight = 1;

  constructor(link: WorkerLink) {
    this.#link = link;
  }

  /**
   * Notes that a task starts: now, or where the one before it ended if it
   * follows at once, as the clock costs as much as a short task.
   */
  start(follows: boolean): void {
    this.#startedAt = follows ? this.#endedAt : performance.now();
  }

  /** The task returned `value`. */
  returned(task: RunningTask, value: unknown): void {
    const fault = this.#sendValue(task, REPLY.result, "result", value);
    if (fault) this.fault(task, fault);
  }

  /**
   * The stream made `value`, which uses up `weight` of its credit.
   *
   * @returns Why it cannot cross, where it cannot; then nothing was sent.
   */
  made(task: RunningTask, value: unknown, weight: number): Fault | undefined {
    this.#weight = weight;
    return this.#sendValue(task, REPLY.item, "item", value);
  }

  /** The stream has ended. */
  ended(task: RunningTask): void {
    this.#send(task, REPLY.end, []);
  }

  /** The task threw `error`, or was stopped with it. */
  threw(task: RunningTask, error: unknown): void {
    const stopped = task.isCancelled &&
      (error === task.reason || isAbort(error));
    const why = task.isLate ? "deadline" : stopped ? "cancelled" : "threw";
    this.fault(task, { why, failure: cleanFailure(error) });
  }

  /** The function of the task could not be had. */
  missing(task: RunningTask, { missing, detail, cause }: Missing): void {
    const failure = cause === undefined ? {} : { failure: cleanFailure(cause) };
    this.fault(task, { why: "missing", missing, detail, ...failure });
  }

  /** The task has no result. */
  fault(task: RunningTask, fault: Fault): void {
    this.#send(task, REPLY.fault, [fault]);
  }

  #sendValue(
    task: RunningTask,
    kind: number,
    path: string,
    given: unknown,
  ): Fault | undefined {
    const moving = movingOf(given);
    const transfer = moving?.transfer;
    let value = moving ? moving.value : given;
    if (isObject(value) && isPlainData(value)) {
      if (transfer === undefined) value = new FrozenData(value);
    } else if (needsLook(value)) {
      const unsendable = refusedValue(value, path, transfer);
      if (unsendable) return { why: "unsendable", ...unsendable };
    }
    try {
      this.#send(task, kind, [value], transfer);
    } catch (error) {
      // What no inspection foresaw: the platform refuses to clone it.
      const kind = error instanceof Error ? error.message : "refused";
      return { why: "unsendable", path, kind };
    }
  }

  #send(
    task: RunningTask,
    kind: number,
    values: readonly unknown[],
    transfer?: readonly Transferable[],
  ): void {
    const ends = kind !== REPLY.item;
    if (ends) {
      // Order: what it held is let go, and the thread is seen to be idle, before
      // anybody can know that it has ended and stop this thread.
      task.end(false);
      this.#link.enter(STATE.idle);
      this.#endedAt = performance.now();
    }
    const last = ends && task.progress !== undefined;
    this.#link.send({
      kind,
      id: task.id,
      extra: ends
        ? Math.min((this.#endedAt - this.#startedAt) * 1000, 0x7fffffff) | 0
        : this.#weight,
      values: last ? [...values, task.progress] : values,
    }, transfer);
  }
}

function needsLook(value: unknown): boolean {
  if (typeof value === "function" || typeof value === "symbol") return true;
  return isObject(value) && !ArrayBuffer.isView(value);
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}
