// Runs a generator task: sends each item as it is made, keeps within the credit
// that the reader gave, and returns early when the reader leaves.

import { WORD } from "../shared/control.ts";
import type { Fault } from "../transport/frame_kinds.ts";
import { WAIT_SLICE } from "../shared/owner_mark.ts";
import { movingOf } from "./moved.ts";
import type { RunningTask } from "./running_task.ts";
import type { TaskReply } from "./task_reply.ts";
import type { RunStep } from "./task_step.ts";
import type { WorkerLink } from "./worker_link.ts";

/** An item that crosses by itself counts as many: there are fewer on the way. */
const PARCEL_WEIGHT = 16;

/** Runs the generator of a stream task to its end. */
export class StreamRun {
  readonly #link: WorkerLink;
  readonly #reply: TaskReply;
  readonly #task: RunningTask;
  readonly #step: RunStep;
  #sent = 0;

  constructor(
    link: WorkerLink,
    reply: TaskReply,
    task: RunningTask,
    step: RunStep,
  ) {
    this.#link = link;
    this.#reply = reply;
    this.#task = task;
    this.#step = step;
  }

  /** Drives a generator; blocks the thread while the reader is behind. */
  drive(generator: Generator<unknown, unknown, unknown>): void {
    const leave = () => void this.#step(() => generator.return(undefined));
    for (;;) {
      const gate = this.#waitForCredit();
      if (gate !== "go") {
        leave();
        if (gate === "cancelled") throw this.#task.reason;
        break;
      }
      const step = this.#step(() => generator.next());
      if (step.done) break;
      const fault = this.#send(step.value);
      if (fault) {
        leave();
        return this.#reply.fault(this.#task, fault);
      }
    }
    this.#reply.ended(this.#task);
  }

  /** Drives an async generator; the thread is free while it waits. */
  async driveAsync(
    generator: AsyncGenerator<unknown, unknown, unknown>,
  ): Promise<void> {
    const leave = () => this.#step(() => generator.return(undefined));
    for (;;) {
      const gate = await this.#creditGranted();
      if (gate !== "go") {
        await leave();
        if (gate === "cancelled") throw this.#task.reason;
        break;
      }
      const step = await this.#step(() => generator.next());
      if (step.done) break;
      const fault = this.#send(step.value);
      if (fault) {
        await leave();
        return this.#reply.fault(this.#task, fault);
      }
    }
    this.#reply.ended(this.#task);
  }

  #send(value: unknown): Fault | undefined {
    const weight = weightOf(value);
    this.#sent += weight;
    return this.#reply.made(this.#task, value, weight);
  }

  get #hasReaderLeft(): boolean {
    return Atomics.load(this.#link.control, WORD.leave) === this.#task.id;
  }

  /** Whether the stream goes on, or `undefined` while it has no credit. */
  get #gate(): Gate | undefined {
    if (this.#hasReaderLeft) return "left";
    if (this.#task.isCancelled) return "cancelled";
    const credit = Atomics.load(this.#link.control, WORD.credit);
    return ((credit - this.#sent) | 0) > 0 ? "go" : undefined;
  }

  #waitForCredit(): Gate {
    const { control } = this.#link;
    // Terminates: the reader takes, leaves or cancels, and rings each time.
    for (;;) {
      const seen = this.#link.bell;
      const gate = this.#gate;
      if (gate) return gate;
      Atomics.wait(control, WORD.workerBell, seen, WAIT_SLICE * 10);
    }
  }

  async #creditGranted(): Promise<Gate> {
    const { control } = this.#link;
    // Terminates: as above.
    for (;;) {
      const seen = this.#link.bell;
      const gate = this.#gate;
      if (gate) return gate;
      const wait = Atomics.waitAsync(control, WORD.workerBell, seen);
      if (wait.async) await wait.value;
    }
  }
}

type Gate = "go" | "left" | "cancelled";

function weightOf(value: unknown): number {
  const large = ArrayBuffer.isView(value) || value instanceof ArrayBuffer ||
    movingOf(value) !== undefined;
  return large ? PARCEL_WEIGHT : 1;
}

/** Whether a task's answer is a generator to be driven. */
export function isGenerator(
  value: unknown,
): value is Generator<unknown, unknown, unknown> {
  return hasMethod(value, Symbol.iterator) && hasMethod(value, "next");
}

/** Whether a task's answer is an async generator to be driven. */
export function isAsyncGenerator(
  value: unknown,
): value is AsyncGenerator<unknown, unknown, unknown> {
  return hasMethod(value, Symbol.asyncIterator) && hasMethod(value, "next");
}

function hasMethod(value: unknown, key: PropertyKey): boolean {
  return typeof value === "object" && value !== null &&
    typeof Reflect.get(value, key) === "function";
}
