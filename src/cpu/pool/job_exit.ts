// What the end of a job on its worker means to whoever asked for it.

import * as Exit from "npm:effect@^4.1.0/Exit";
import { errorOfDeath, errorOfFault, type FailedCall } from "../call_errors.ts";
import type { Stopped } from "../cpu_error.ts";
import type { Death } from "../substrate/substrate.ts";
import { type Fault, REPLY } from "../transport/frame_kinds.ts";
import type { Frame } from "../transport/frame_ring.ts";
import type { Job, JobExit } from "./job.ts";

/** Who ran a job. */
export interface RanOn {
  /** The place in the pool that it fills. */
  readonly slot: number;
  readonly memoryLimit: number | undefined;
}

/** How a job ended on a worker. */
export interface JobEnd {
  readonly exit: JobExit;
  /** How it stopped, if it had started. */
  readonly stopped: Stopped | undefined;
  /** How long it ran, where that is known. */
  readonly micros?: number | undefined;
}

/** What the reply that ends a job means. */
export function endOfReply(frame: Frame, job: Job, on: RanOn): JobEnd {
  return {
    exit: exitOfReply(frame, job, on),
    stopped: stoppedByReply(frame, job),
    micros: frame.extra,
  };
}

function exitOfReply(frame: Frame, job: Job, on: RanOn): JobExit {
  const { kind, values } = frame;
  if (kind !== REPLY.fault) {
    return job.isUnwanted ? exitOfStop(job) : Exit.succeed(values[0]);
  }
  const fault = values[0] as Fault;
  // What went wrong for another reason is told, wanted or not.
  const isEnd = fault.why === "cancelled" || fault.why === "deadline";
  if (job.isUnwanted && isEnd) return exitOfStop(job);
  return Exit.fail(errorOfFault(fault, callOf(job, on)));
}

function stoppedByReply(frame: Frame, job: Job): Stopped {
  if (frame.kind !== REPLY.fault) return "finished";
  const { why } = frame.values[0] as Fault;
  // Its own timeout is asked for by nobody else.
  const stopped = why === "deadline" || (why === "cancelled" && job.isUnwanted);
  return stopped ? "cooperative" : "finished";
}

/** What the end of its worker means to a job that had started. */
export function exitOfDeath(death: Death, job: Job, on: RanOn): JobExit {
  if (job.isUnwanted) return exitOfStop(job);
  return Exit.fail(errorOfDeath(death, callOf(job, on)));
}

/** What it means to a job that its worker was stopped because of it. */
export function exitOfStop(job: Job): JobExit {
  return job.stopError === undefined ? "cancelled" : Exit.fail(job.stopError);
}

function callOf(job: Job, { slot, memoryLimit }: RanOn): FailedCall {
  const { kind, source } = job.task.source;
  return {
    task: job.task.name,
    module: kind === "inline" ? "inline" : source,
    worker: slot,
    timeout: job.task.timeout,
    memoryLimit,
    nearStack: job.near?.stack,
  };
}
