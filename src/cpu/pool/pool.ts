// Where the jobs of a CPU scope wait, and which worker gets which.
//
// With `leastLoaded` jobs wait in one queue and go to whoever is free; every
// other strategy places a job as soon as it is asked for, and it waits there.

import * as Exit from "npm:effect@^4.1.0/Exit";
import { snapshotArgs } from "../transport/prepare_args.ts";
import { QueueFull } from "../errors.ts";
import { processLiveness } from "../shared/process_liveness.ts";
import { WorkerCrashed } from "../worker_death.ts";
import { BatchClock } from "./batch_clock.ts";
import { Crew, type CrewUser, type Slot } from "./crew.ts";
import { Dispatch, type DispatchUser } from "./dispatch.ts";
import { FunctionTable } from "./function_table.ts";
import type { Job, JobExit } from "./job.ts";
import type { JobEnd } from "./job_exit.ts";
import { JobQueue } from "./job_queue.ts";
import { OpenJobs } from "./open_jobs.ts";
import { Placement } from "./placement.ts";
import type { PoolWorker, WorkerUser } from "./pool_worker.ts";
import { leaveQueue, takeOldest } from "./oldest_job.ts";
import type { PoolSettings } from "./pool_policy.ts";
import { ProgressWatch } from "./progress_watch.ts";
import { noteEnd } from "./note_end.ts";
import { reportLeak } from "./report_leak.ts";
import { RingStore } from "./ring_store.ts";
import { Tally } from "./tally.ts";
import { TaskTimes } from "./task_times.ts";

/** The jobs and workers of one CPU scope. */
export class Pool implements WorkerUser, CrewUser, DispatchUser {
  readonly settings: PoolSettings;
  readonly tally: Tally = new Tally();
  readonly crew: Crew;
  readonly open: OpenJobs = new OpenJobs();
  readonly #queue = new JobQueue();
  readonly #held: Job[] = [];
  readonly #times = new TaskTimes();
  readonly #clock = new BatchClock();
  readonly #placement: Placement;
  readonly #dispatch: Dispatch;
  readonly #progress: ProgressWatch;

  constructor(settings: PoolSettings) {
    const { strategy, substrate, grace, memoryLimit } = settings;
    this.settings = settings;
    this.crew = new Crew(settings, {
      substrate,
      grace,
      memoryLimit,
      liveness: processLiveness(),
      rings: new RingStore(),
      functions: new FunctionTable(),
      times: this.#times,
      user: this,
    }, this);
    this.#placement = new Placement(strategy, this.crew.slots, this.#queue);
    this.#dispatch = new Dispatch(
      this.crew,
      this.#placement,
      this.#clock,
      this,
    );
    this.#progress = new ProgressWatch(this.crew.slots, (job) => {
      this.cancel(job);
    });
  }

  /** Takes jobs in. */
  add(...jobs: Job[]): void {
    for (const job of jobs) this.#admit(job);
    this.#dispatch.run();
    // Order: what waits on must not see what its owner changes meanwhile.
    for (const job of jobs) {
      if (job.state === "held" || job.state === "queued") {
        job.args = snapshotArgs(job.args);
      }
    }
  }

  #admit(job: Job): void {
    this.tally.submitted++;
    job.askedAt = this.#clock.now;
    this.open.add(job);
    if (this.#placement.hasRoom(this.settings.queueLimit)) this.#enqueue(job);
    else if (this.settings.onFull === "wait") this.#held.push(job);
    else if (this.settings.onFull === "reject") this.#refuse(job);
    else {
      this.#refuse(takeOldest(this.open) ?? job);
      if (job.isOpen) this.#enqueue(job);
    }
  }

  /**
   * Has a job ended: at once where it has not started, by the ladder where it
   * has.
   */
  cancel(job: Job): "aborted" | "tooLate" {
    switch (job.state) {
      case "held":
        this.#held.splice(this.#held.indexOf(job), 1);
        break;
      case "queued":
        leaveQueue(job);
        break;
      case "sent": {
        const worker = job.place as PoolWorker;
        if (worker.recall(job)) break;
        job.isUnwanted = true;
        worker.cancel(job);
        return "tooLate";
      }
      default:
        return "tooLate";
    }
    this.#settle(job, "cancelled");
    this.#dispatch.run();
    return "aborted";
  }

  /** Has every job ended. */
  cancelAll(): void {
    for (const job of [...this.open]) this.cancel(job);
  }

  /** Ends every job and every worker, and waits until they are gone. */
  async close(): Promise<void> {
    this.cancelAll();
    await new Promise<void>((resolve) => this.open.whenNone(resolve));
    this.#dispatch.close();
    this.#progress.close();
    await this.crew.close();
  }

  ended(worker: PoolWorker, job: Job, end: JobEnd): void {
    const { stopped, micros } = end;
    if (stopped !== undefined) {
      job.stopped = stopped;
      this.tally.stopped[stopped]++;
      if (stopped === "leaked") reportLeak(job, worker.slot, this.settings);
    }
    if (micros !== undefined) this.#times.measured(job.kind, micros);
    const slot = this.crew.slots[worker.slot];
    if (slot !== undefined) noteEnd(slot, worker, job, micros, this.#clock.now);
    this.#settle(job, end.exit);
  }

  mayHaveRoom(): void {
    this.#dispatch.run();
  }

  returned(worker: PoolWorker, jobs: readonly Job[]): void {
    const slot = this.crew.slots[worker.slot];
    const queue = this.#placement.isCentral || slot === undefined
      ? this.#queue
      : slot.queue;
    queue.putBack(jobs);
    for (const job of jobs) job.queue = queue;
    this.#dispatch.run();
  }

  changed(worker: PoolWorker): void {
    this.crew.changed(worker);
  }

  sent(job: Job): void {
    this.#progress.watch(job);
  }

  joined(): void {
    this.#dispatch.run();
  }

  wants(slot: Slot): boolean {
    if (slot.queue.size > 0) return true;
    if (this.#queue.size === 0) return false;
    return !this.crew.slots.some(({ worker }) =>
      worker?.state === "starting" && worker.isIdle
    );
  }

  cannotStart(slot: Slot, error: unknown): void {
    const job = slot.queue.shift() ?? this.#queue.shift();
    if (job === undefined) return;
    const why = new WorkerCrashed(job.task.name, slot.id, { cause: error });
    this.#settle(job, Exit.fail(why));
  }

  #enqueue(job: Job): void {
    let queue: JobQueue;
    try {
      queue = this.#placement.queueFor(job);
    } catch (thrown) {
      // A strategy is the user's own.
      job.defect = thrown ?? new Error("the strategy threw nothing");
      return this.#settle(job, "cancelled");
    }
    job.queue = queue;
    queue.push(job);
    this.#placement.newest = job;
  }

  #refuse(job: Job): void {
    const { queueLimit, onFull } = this.settings;
    this.tally.refused++;
    this.open.delete(job);
    const policy = onFull === "drop" ? onFull : "reject";
    job.settle(Exit.fail(new QueueFull(queueLimit, policy)));
    this.open.check();
  }

  #settle(job: Job, exit: JobExit): void {
    if (!this.open.delete(job)) return;
    this.tally.ended(exit);
    this.#progress.forget(job);
    job.settle(exit);
    this.open.check();
  }

  admitHeld(): boolean {
    if (
      this.#held.length === 0 ||
      !this.#placement.hasRoom(this.settings.queueLimit)
    ) return false;
    this.#enqueue(this.#held.shift()!);
    return true;
  }
}
