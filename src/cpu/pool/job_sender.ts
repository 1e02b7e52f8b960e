import type { TaskValue } from "../task_value.ts";
import { type CallOptions, REQUEST } from "../transport/frame_kinds.ts";
import type { Frame } from "../transport/frame_ring.ts";
import type { HostLink } from "../transport/host_link.ts";
import type { FunctionTable } from "./function_table.ts";
import type { Job } from "./job.ts";

interface Outgoing {
  readonly frame: Frame;
  readonly transfer: readonly Transferable[] | undefined;
  readonly job: Job | undefined;
}

/** Writes the jobs of one worker into its ring, and waits where it is full. */
export class JobSender {
  readonly #link: HostLink;
  readonly #functions: FunctionTable;
  readonly #known = new Set<number>();
  readonly #refused: (job: Job, error: unknown) => void;
  #outbox: Outgoing[] = [];

  /**
   * @param refused Called with a job whose arguments the platform refuses to
   * clone, and what it threw.
   */
  constructor(
    link: HostLink,
    functions: FunctionTable,
    refused: (job: Job, error: unknown) => void,
  ) {
    this.#link = link;
    this.#functions = functions;
    this.#refused = refused;
  }

  /** Sends a job, now or when there is space. */
  send(job: Job): void {
    const extra = this.#define(job.task);
    const { values, transfer } = job.args;
    const { id, credit } = job;
    const options = optionsOf(job);
    if (options === undefined) {
      const frame = { kind: REQUEST.call, id, extra, values };
      return this.#put(frame, transfer, job);
    }
    const kind = credit === undefined ? REQUEST.callWith : REQUEST.stream;
    const frame = { kind, id, extra, values: [options, ...values] };
    this.#put(frame, transfer, job);
  }

  /** Has the function of a task loaded. */
  warm(task: TaskValue): void {
    const extra = this.#define(task);
    const frame = { kind: REQUEST.load, id: 0, extra, values: [] };
    this.#put(frame);
  }

  /** Takes a job back, unless the worker has taken it. */
  recall(job: Job): boolean {
    if (job.position !== undefined) return this.#link.revoke(job.position);
    this.#outbox = this.#outbox.filter((outgoing) => outgoing.job !== job);
    return true;
  }

  /** Writes what waits for space. */
  flush(): void {
    const outbox = this.#outbox;
    this.#outbox = [];
    for (const { frame, transfer, job } of outbox) {
      this.#put(frame, transfer, job);
    }
    this.#link.wake();
  }

  #define(task: TaskValue): number {
    const extra = this.#functions.numberOf(task);
    if (this.#known.has(extra)) return extra;
    this.#known.add(extra);
    const values = this.#functions.valuesOf(extra);
    const frame = { kind: REQUEST.define, id: 0, extra, values };
    this.#put(frame);
    return extra;
  }

  #put(frame: Frame, transfer?: readonly Transferable[], job?: Job): void {
    let position: number | undefined;
    try {
      if (this.#outbox.length === 0) {
        position = this.#link.trySend(frame, transfer);
      }
    } catch (error) {
      if (job === undefined) throw error;
      return this.#refused(job, error);
    }
    if (position === undefined) this.#outbox.push({ frame, transfer, job });
    if (job) job.position = position;
  }
}

function optionsOf({ task, args, credit }: Job): CallOptions | undefined {
  const { timeout } = task;
  if (timeout === undefined && credit === undefined && !args.shared) {
    return undefined;
  }
  return {
    ...(timeout === undefined ? {} : { timeout }),
    ...(credit === undefined ? {} : { credit }),
    ...(args.shared ? { shared: true } : {}),
  };
}
