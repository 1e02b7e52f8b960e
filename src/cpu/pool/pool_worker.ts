// One thread of a pool, as the loop sees it.
//
// States: starting → ready → stopping → dead, or leaked; dead also from any other.
// A thread is ready again after a task that was to stop has stopped in time.

import * as Exit from "npm:effect@^4.1.0/Exit";
import type { Stopped } from "../cpu_error.ts";
import type { Death } from "../substrate/substrate.ts";
import type { TaskValue } from "../task_value.ts";
import type { Frame } from "../transport/frame_ring.ts";
import { notSerializable } from "../transport/prepare_args.ts";
import { watchDeadline } from "./deadline_watch.ts";
import type { FunctionTable } from "./function_table.ts";
import { answerOf } from "./host_answer.ts";
import type { Job, JobExit, JobPlace } from "./job.ts";
import {
  endOfReply,
  exitOfDeath,
  exitOfStop,
  type JobEnd,
  type RanOn,
} from "./job_exit.ts";
import { hearOf } from "./job_frames.ts";
import { JobSender } from "./job_sender.ts";
import { JobsInFlight } from "./jobs_in_flight.ts";
import { StopLadder } from "./stop_ladder.ts";
import type { TaskTimes } from "./task_times.ts";
import { type LineSetting, openLine, type WorkerLine } from "./worker_line.ts";

/** Who has a worker. */
export interface WorkerUser {
  /** A job has ended here; `mayHaveRoom` or `returned` follows. */
  ended(worker: PoolWorker, job: Job, end: JobEnd): void;
  /** Jobs may have ended here, and others may be sent. */
  mayHaveRoom(): void;
  /** Jobs that have not started come back, in order. */
  returned(worker: PoolWorker, jobs: readonly Job[]): void;
  /** The state of the worker is another one. */
  changed(worker: PoolWorker): void;
}

/** What all workers of a pool are made with. */
export interface WorkerSetting extends LineSetting {
  readonly functions: FunctionTable;
  readonly times: TaskTimes;
  readonly grace: number;
  readonly user: WorkerUser;
}

/** A worker of a pool. */
export class PoolWorker implements JobPlace, RanOn {
  /** The place in the pool that it fills; -1 for a spare. */
  slot = -1;
  state: "starting" | "ready" | "stopping" | "dead" | "leaked" = "starting";
  /** Whether a job has come to its end here by itself. */
  hasServed = false;
  readonly inFlight: JobsInFlight;
  /** Milliseconds of CPU time, as known last. */
  cpuTime = 0;
  readonly #setting: WorkerSetting;
  readonly #line: WorkerLine;
  readonly #sender: JobSender;
  readonly #ladder: StopLadder;

  /** Starts the thread. @throws What the platform throws where it cannot. */
  constructor(setting: WorkerSetting) {
    this.#setting = setting;
    this.#line = openLine(setting, {
      onReady: () => {
        if (this.state === "starting") this.#enter("ready");
      },
      onFrame: (frame) => this.#accept(frame),
      onPause: () => setting.user.mayHaveRoom(),
      onSpace: () => this.#sender.flush(),
    });
    this.inFlight = new JobsInFlight(this.#line.link, setting.times);
    this.#sender = new JobSender(
      this.#line.link,
      setting.functions,
      (job, error) => {
        const exit = Exit.fail(notSerializable(error));
        this.#end(job, { exit, stopped: undefined });
      },
    );
    this.#ladder = new StopLadder(
      setting.grace,
      this.#line.link,
      () => void this.stop(),
    );
    this.#line.isolate.death.then((death) => this.#died(death));
  }

  /** MiB of heap that it may use, where that is limited. */
  get memoryLimit(): number | undefined {
    return this.#setting.memoryLimit;
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
  accepts(job: Job, mayBeNext: boolean): boolean {
    return this.isOpen && this.inFlight.hasRoomFor(job, mayBeNext);
  }

  /** The job that runs, if one does. */
  get running(): Job | undefined {
    return this.inFlight.running;
  }

  /** Has it look at the jobs it was given. */
  wake(): void {
    this.#line.link.wake();
  }

  /** Gives it a job; `wake` follows. */
  send(job: Job): void {
    if (this.inFlight.size === 0) this.#line.isolate.keepsAlive = true;
    this.inFlight.add(job);
    job.state = "sent";
    job.place = this;
    job.position = undefined;
    const { timeout } = job.task;
    if (timeout !== undefined) {
      const patience = timeout + this.#setting.grace;
      watchDeadline(job, this.#line.link, patience, () => this.cancel(job));
    }
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
    this.#line.link.cancel(job.id);
    this.#ladder.begin(job);
    if (others.length > 0) this.#setting.user.returned(this, others);
  }

  leave(job: Job): void {
    this.#line.link.leave(job.id);
  }

  grant(items: number): void {
    this.#line.link.grant(items);
  }

  answer(call: number, exit: Exit.Exit<unknown, unknown>): void {
    if (this.state === "dead") return;
    this.#line.isolate.post(answerOf(call, exit));
  }

  /** The newest progress of a job that runs here. */
  progressOf(job: Job): number | undefined {
    return this.#line.link.progressOf(job.id);
  }

  /** Asks for its CPU time, to be known later. */
  refreshCpuTime(): void {
    if (this.state !== "ready") return;
    this.#line.isolate.cpuTime().then((ms) => this.cpuTime = ms);
  }

  /** Ends the thread, whatever it does. */
  async stop(): Promise<void> {
    if (this.state === "dead") return;
    if (this.state !== "leaked") this.#enter("stopping");
    this.#ladder.end();
    const ending = await this.#line.isolate.stop();
    // A death that came in between has settled everything.
    if (ending !== "leaked" || (this.state as string) === "dead") return;
    this.#enter("leaked");
    this.#endAll(exitOfStop, "leaked");
    this.#setting.user.mayHaveRoom();
  }

  #enter(state: PoolWorker["state"]): void {
    if (this.state === state) return;
    this.state = state;
    this.#setting.user.changed(this);
  }

  #accept(frame: Frame): void {
    const job = this.inFlight.get(frame.id);
    if (job === undefined) return;
    if (!hearOf(job, frame)) return;
    this.hasServed = true;
    this.#end(job, endOfReply(frame, job, this));
  }

  #end(job: Job, end: JobEnd): void {
    this.#remove(job);
    this.#setting.user.ended(this, job, end);
  }

  #remove(job: Job): void {
    this.#ladder.ended(job);
    this.inFlight.delete(job);
    if (this.inFlight.size === 0) this.#line.isolate.keepsAlive = false;
  }

  #died(death: Death): void {
    const { link, thread, memory } = this.#line;
    link.close();
    this.#setting.liveness.bury(thread);
    // A thread that dies before it has done anything, or of what it was to be
    // given, takes one job along: an end of trying.
    const isBlamed = this.running === undefined &&
      (!this.hasServed || death.how === "outOfMemory");
    const lost = this.inFlight.takeUnstarted();
    this.#ladder.end();
    const how = death.how === "killed" ? "killed" : "exited";
    this.#enter("dead");
    this.#endAll((job) => exitOfDeath(death, job, this), how);
    if (isBlamed && lost.length > 0) {
      const job = lost.shift()!;
      const exit = exitOfDeath(death, job, this);
      this.#setting.user.ended(this, job, { exit, stopped: undefined });
    }
    // Order: last, as until here the rings tell which jobs have started.
    this.#setting.rings.giveBack(memory);
    this.#setting.user.returned(this, lost);
  }

  #endAll(exitOf: (job: Job) => JobExit, stopped: Stopped): void {
    for (const job of [...this.inFlight.values()]) {
      this.#end(job, { exit: exitOf(job), stopped });
    }
  }
}
