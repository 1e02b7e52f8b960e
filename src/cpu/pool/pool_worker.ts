// One thread of a pool, as the loop sees it.
//
// States: starting → ready → stopping → dead, or leaked; dead also from any other.
// A thread is ready again after a task that was to stop has stopped in time.

import * as Exit from "npm:effect@^4.1.0/Exit";
import type { Stopped } from "../cpu_error.ts";
import type { TaskValue } from "../task_value.ts";
import type { Liveness } from "../shared/liveness.ts";
import type { Death, Isolate, Substrate } from "../substrate/substrate.ts";
import { REPLY } from "../transport/frame_kinds.ts";
import type { Frame } from "../transport/frame_ring.ts";
import { HostLink, linkMemory } from "../transport/host_link.ts";
import { notSerializable } from "../transport/prepare_args.ts";
import { answerOf } from "./host_answer.ts";
import type { FunctionTable } from "./function_table.ts";
import type { Job, JobExit, JobPlace } from "./job.ts";
import {
  exitOfDeath,
  exitOfReply,
  exitOfStop,
  stoppedByReply,
} from "./job_exit.ts";
import { JobSender } from "./job_sender.ts";
import { StopLadder } from "./stop_ladder.ts";
import type { TaskTimes } from "./task_times.ts";

/** Who has a worker. */
export interface WorkerUser {
  /** A job has ended here; `micros` is how long it ran, where that is known. */
  ended(worker: PoolWorker, job: Job, end: JobEnd): void;
  /** Jobs that have not started come back, in order. */
  returned(worker: PoolWorker, jobs: readonly Job[]): void;
  /** The state of the worker is another one. */
  changed(worker: PoolWorker): void;
}

/** How a job ended on a worker. */
export interface JobEnd {
  readonly exit: JobExit;
  readonly stopped: Stopped | undefined;
  readonly micros?: number | undefined;
}

/** What all workers of a pool are made with. */
export interface WorkerSetting {
  readonly substrate: Substrate;
  readonly liveness: Liveness;
  readonly functions: FunctionTable;
  readonly times: TaskTimes;
  readonly grace: number;
  readonly memoryLimit: number | undefined;
  readonly user: WorkerUser;
}

/** The longest a timer can wait. */
const MOST = 2 ** 31 - 1;

/** A worker of a pool. */
export class PoolWorker implements JobPlace {
  /** Its number among the threads of the process. */
  readonly thread: number;
  /** The place in the pool that it fills; -1 for a spare. */
  slot = -1;
  state: "starting" | "ready" | "stopping" | "dead" | "leaked" = "starting";
  /** What it was given and has not finished, in the order it was given. */
  readonly inFlight: Map<number, Job> = new Map();
  /** Milliseconds of CPU time, as known last. */
  cpuTime = 0;
  readonly #setting: WorkerSetting;
  readonly #isolate: Isolate;
  readonly #link: HostLink;
  readonly #sender: JobSender;
  readonly #ladder: StopLadder;
  #load = 0;

  /** Starts the thread. @throws What the platform throws where it cannot. */
  constructor(setting: WorkerSetting) {
    const { liveness, memoryLimit } = setting;
    this.#setting = setting;
    this.thread = liveness.admit();
    const memory = linkMemory();
    try {
      this.#isolate = setting.substrate.start({
        id: this.thread,
        memory,
        liveness: liveness.memory,
        ...(memoryLimit === undefined ? {} : { memoryLimit }),
        onMessage: (message) => {
          if ("parcel" in message) this.#link.arrive(message);
          else if (message.say === "ready") this.#ready();
        },
      });
    } catch (error) {
      liveness.bury(this.thread);
      throw error;
    }
    this.#link = new HostLink(
      memory,
      (parcel, transfer) => this.#isolate.post(parcel, transfer),
      {
        onFrame: (frame) => this.#accept(frame),
        onSpace: () => this.#sender.flush(),
      },
    );
    this.#sender = new JobSender(
      this.#link,
      setting.functions,
      (job, error) => {
        const exit: JobExit = Exit.fail(notSerializable(error));
        this.#end(job, { exit, stopped: undefined });
      },
    );
    this.#ladder = new StopLadder(setting.grace, {
      isOver: (job) => this.#isOver(job),
      stop: () => void this.stop(),
    });
    this.#link.open();
    this.#isolate.death.then((death) => this.#died(death));
  }

  /** Whether it does nothing and may be given something. */
  get isIdle(): boolean {
    return this.inFlight.size === 0 && this.isOpen;
  }

  /** Whether it may be given something. */
  get isOpen(): boolean {
    return (this.state === "ready" || this.state === "starting") &&
      !this.#ladder.isClimbing;
  }

  /** Whether `job` may be sent now: to an idle worker, or behind fast ones. */
  accepts(job: Job): boolean {
    if (!this.isOpen) return false;
    if (this.inFlight.size === 0) return true;
    if (job.args.transfer.length > 0 || job.credit !== undefined) return false;
    const { times } = this.#setting;
    return this.inFlight.size < 256 &&
      times.fitsBehind(this.#load, times.estimate(job.kind));
  }

  /** The job that runs, if one does. */
  get running(): Job | undefined {
    for (const job of this.inFlight.values()) {
      const { position } = job;
      const runs = position !== undefined && this.#link.isTaken(position);
      return runs ? job : undefined;
    }
    return undefined;
  }

  /** How many of the jobs it was given have not started. */
  get unstarted(): number {
    return this.inFlight.size - (this.running ? 1 : 0);
  }

  /** Gives it a job. */
  send(job: Job): void {
    if (this.inFlight.size === 0) this.#isolate.keepsAlive = true;
    this.inFlight.set(job.id, job);
    this.#load += this.#setting.times.estimate(job.kind);
    job.state = "sent";
    job.place = this;
    job.position = undefined;
    const { timeout } = job.task;
    if (timeout !== undefined) this.#watchDeadline(job, timeout);
    this.#sender.send(job);
  }

  /** Loads the function of a task ahead of its first call. */
  warm(task: TaskValue): void {
    this.#sender.warm(task);
  }

  /** Takes a job back, unless it may have started. */
  recall(job: Job): boolean {
    if (!this.#sender.recall(job)) return false;
    this.#remove(job);
    return true;
  }

  /** Takes back all that has not started and could be sent again. */
  recallAll(): Job[] {
    const jobs: Job[] = [];
    // Order: the last first, so that none starts behind one that was taken back.
    for (const job of [...this.inFlight.values()].reverse()) {
      if (job.args.transfer.length === 0 && this.recall(job)) jobs.push(job);
    }
    return jobs.reverse();
  }

  cancel(job: Job): void {
    if (job.state !== "sent") return;
    job.state = "stopping";
    const others = this.recallAll();
    this.#link.cancel(job.id);
    this.#ladder.begin(job);
    if (others.length > 0) this.#setting.user.returned(this, others);
  }

  leave(job: Job): void {
    this.#link.leave(job.id);
  }

  grant(items: number): void {
    this.#link.grant(items);
  }

  answer(call: number, exit: Exit.Exit<unknown, unknown>): void {
    if (this.state === "dead") return;
    this.#isolate.post(answerOf(call, exit));
  }

  /** The newest progress of a job that runs here. */
  progressOf(job: Job): number | undefined {
    return this.#link.progressOf(job.id);
  }

  /** Asks for its CPU time, to be known later. */
  refreshCpuTime(): void {
    if (this.state !== "ready") return;
    this.#isolate.cpuTime().then((ms) => this.cpuTime = ms);
  }

  /** Ends the thread, whatever it does. */
  async stop(): Promise<void> {
    if (this.state === "dead") return;
    if (this.state !== "leaked") this.#enter("stopping");
    this.#ladder.end();
    const ending = await this.#isolate.stop();
    // A death that came in between has settled everything.
    if (ending !== "leaked" || (this.state as string) === "dead") return;
    this.#enter("leaked");
    this.#endAll((job) => exitOfStop(job), "leaked");
  }

  #ready(): void {
    if (this.state === "starting") this.#enter("ready");
  }

  #enter(state: PoolWorker["state"]): void {
    if (this.state === state) return;
    this.state = state;
    this.#setting.user.changed(this);
  }

  #accept(frame: Frame): void {
    const job = this.inFlight.get(frame.id);
    if (job === undefined) return;
    const { kind, values, extra } = frame;
    if (kind === REPLY.item) return job.owner.item?.(values[0], extra);
    if (kind === REPLY.hostCall) {
      const [name, ...args] = values;
      return job.owner.hostCall?.(String(name), args, extra);
    }
    const progress = kind === REPLY.end ? values[0] : values[1];
    if (typeof progress === "number") job.tellProgress(progress);
    this.#end(job, {
      exit: exitOfReply(frame, job, this.#self),
      stopped: stoppedByReply(frame, job),
      micros: extra,
    });
  }

  #end(job: Job, end: JobEnd): void {
    this.#remove(job);
    this.#setting.user.ended(this, job, end);
  }

  #remove(job: Job): void {
    this.#ladder.ended(job);
    this.inFlight.delete(job.id);
    if (this.inFlight.size > 0) {
      this.#load -= this.#setting.times.estimate(job.kind);
      // What was unknown when it was sent was counted as endless.
      if (!Number.isFinite(this.#load)) this.#recount();
    } else {
      this.#load = 0;
      this.#isolate.keepsAlive = false;
    }
  }

  #recount(): void {
    const { times } = this.#setting;
    this.#load = 0;
    for (const job of this.inFlight.values()) {
      this.#load += times.estimate(job.kind);
    }
  }

  /** Whether a job that was to stop has ended, and its reply is on the way. */
  #isOver(job: Job): boolean | undefined {
    const { current } = this.#link;
    return current === job.id ? false : current === 0 ? undefined : true;
  }

  /** For code that does not heed its signal: the worker does the rest. */
  #watchDeadline(job: Job, timeout: number): void {
    const patience = timeout + this.#setting.grace;
    const look = () => {
      if (job.state !== "sent") return;
      const now = performance.timeOrigin + performance.now();
      const starts = this.#link.current === job.id ? this.#link.startedAt : now;
      const left = starts + patience - now;
      if (left > 1) {
        job.timer = setTimeout(look, Math.min(left, MOST));
        return;
      }
      job.isUnwanted = true;
      job.isLate = true;
      this.cancel(job);
    };
    job.timer = setTimeout(look, Math.min(patience, MOST));
  }

  #died(death: Death): void {
    this.#link.close();
    this.#setting.liveness.bury(this.thread);
    const started = this.running;
    const lost = [...this.inFlight.values()].filter((job) =>
      job !== started && job.state === "sent" && job.args.transfer.length === 0
    );
    for (const job of lost) this.inFlight.delete(job.id);
    this.#ladder.end();
    const wasStarting = this.state === "starting";
    const how = death.how === "killed" ? "killed" : "exited";
    this.#enter("dead");
    this.#endAll((job) => exitOfDeath(death, job, this.#self), how);
    // A thread that dies at its start takes one job along: an end of trying.
    if (wasStarting && started === undefined && lost.length > 0) {
      const exit = exitOfDeath(death, lost[0]!, this.#self);
      this.#setting.user.ended(this, lost.shift()!, {
        exit,
        stopped: undefined,
      });
    }
    if (lost.length > 0) this.#setting.user.returned(this, lost);
  }

  #endAll(exitOf: (job: Job) => JobExit, stopped: Stopped): void {
    for (const job of [...this.inFlight.values()]) {
      this.#end(job, { exit: exitOf(job), stopped });
    }
  }

  get #self() {
    const { memoryLimit } = this.#setting;
    return { worker: this.slot, memoryLimit };
  }
}
