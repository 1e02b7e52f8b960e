// One call on its way through a pool.
//
// States: held (waits for room in the queue) → queued → sent → settled; from sent
// also back to queued, as long as it has not started, and to stopping, when it
// is to end and has started. Everything ends in settled, once.

import * as Exit from "npm:effect@^4.1.0/Exit";
import type { CpuError, Stopped } from "../cpu_error.ts";
import type { TaskValue } from "../task_value.ts";
import type { PreparedArgs } from "../transport/prepare_args.ts";

/** How a job ended. */
export type JobExit =
  | Exit.Exit<unknown, CpuError>
  /** It was to end, and did. */
  | "cancelled";

/** A call that a running task makes to the loop. */
export interface HostCall {
  /** In which pool the task runs. */
  readonly pool: object;
  /** The jobs of the pool that it waits for. */
  readonly waitsFor: Set<Job>;
}

/** Who asked for a job, and hears of it. */
export interface JobOwner {
  /** It has ended. Must only mark and queue. */
  settled(exit: JobExit, job?: Job): void;
  /** Its stream made an item that uses up `weight` of its credit. */
  item?(value: unknown, weight: number): void;
  /** It calls `name` on the loop. */
  hostCall?(name: string, args: readonly unknown[], call: number): void;
}

/** What a job is made of. */
export interface JobSpec {
  readonly task: TaskValue;
  readonly args: PreparedArgs;
  readonly owner: JobOwner;
  /** How many items its stream may make before it is granted more. */
  readonly credit?: number | undefined;
  /** Made where it was asked for. */
  readonly near?: Error | undefined;
  /** What it has in common with those that go to the same worker. */
  readonly group?: object | undefined;
  /** Its place among those that its owner asked for. */
  readonly index?: number;
}

/** Where a job stands that has left the queue. */
export interface JobPlace {
  /** Tells its running code that it is to stop. */
  cancel(job: Job): void;
  /** Tells its stream that nobody reads on. */
  leave(job: Job): void;
  /** Lets its stream make more. */
  grant(items: number): void;
  /** Answers a call it made to the loop. */
  answer(call: number, exit: Exit.Exit<unknown, unknown>): void;
}

let jobs = 0;

/** One call of a task. */
export class Job {
  readonly id: number = jobs = (jobs + 1) & 0x7fffffff || 1;
  readonly task: TaskValue;
  readonly owner: JobOwner;
  readonly credit: number | undefined;
  readonly near: Error | undefined;
  readonly group: object | undefined;
  readonly index: number;
  args: PreparedArgs;
  state: "held" | "queued" | "sent" | "stopping" | "settled" = "held";
  /** How it stopped, once it has started and ended. */
  stopped: Stopped | undefined = undefined;
  /** Where its record stands in the ring of its worker. */
  position: number | undefined = undefined;
  place: JobPlace | undefined = undefined;
  /** The queue that it waits in. */
  queue: { left(): void } | undefined = undefined;
  /** Whether a pool has it, and those of the pool beside it. */
  isOpen = false;
  older: Job | undefined = undefined;
  newer: Job | undefined = undefined;
  /** When the pool took it in. */
  askedAt = 0;
  sentAt = 0;
  /** Whether it is to end: its value is dropped. */
  isUnwanted = false;
  /** What it fails with once it has stopped, where nobody cancelled it. */
  stopError: CpuError | undefined = undefined;
  /** A defect of the loop's side of it, as of `onProgress`. */
  defect: unknown = undefined;
  /** The newest progress that was told. */
  told: number | undefined = undefined;
  /** Its calls to the loop that are not answered. */
  hostCalls: Set<HostCall> | undefined = undefined;
  /** Looks at its deadline. */
  timer: ReturnType<typeof setTimeout> | undefined = undefined;
  /** The kind it is measured as. */
  readonly kind: string;

  constructor(spec: JobSpec) {
    this.task = spec.task;
    this.args = spec.args;
    this.owner = spec.owner;
    this.credit = spec.credit;
    this.near = spec.near;
    this.group = spec.group;
    this.index = spec.index ?? 0;
    this.kind = spec.task.kind;
  }

  get priority(): number {
    return this.task.options.priority ?? 0;
  }

  /** Tells `onProgress`, if the number is news. */
  tellProgress(fraction: number): void {
    const { onProgress } = this.task.options;
    if (onProgress === undefined || fraction === this.told) return;
    this.told = fraction;
    try {
      onProgress(fraction);
    } catch (thrown) {
      this.defect = thrown ?? new Error("onProgress threw nothing");
    }
  }

  /** Tells its owner how it ended; the first time counts. */
  settle(exit: JobExit): boolean {
    if (this.state === "settled") return false;
    this.state = "settled";
    if (this.timer !== undefined) clearTimeout(this.timer);
    this.place = undefined;
    const said = this.defect === undefined ? exit : Exit.die(this.defect);
    this.owner.settled(said, this);
    return true;
  }
}
