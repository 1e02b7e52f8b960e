// Where the jobs of a CPU scope wait, and which worker gets which.
//
// With `leastLoaded` jobs wait in one queue and go to whoever is free; every
// other strategy places a job as soon as it is asked for, and it waits there.

import * as Exit from "npm:effect@^4.1.0/Exit";
import { snapshotArgs } from "../transport/prepare_args.ts";
import { QueueFull } from "../errors.ts";
import { leastLoaded } from "../strategy/least_loaded.ts";
import type { Strategy } from "../strategy/strategy.ts";
import type { Substrate } from "../substrate/substrate.ts";
import { processLiveness } from "../shared/process_liveness.ts";
import { WorkerCrashed } from "../worker_death.ts";
import { Crew, type CrewSettings, type CrewUser, type Slot } from "./crew.ts";
import { FunctionTable } from "./function_table.ts";
import type { Job, JobExit } from "./job.ts";
import { JobQueue } from "./job_queue.ts";
import type { JobEnd, PoolWorker, WorkerUser } from "./pool_worker.ts";
import { ProgressWatch } from "./progress_watch.ts";
import { reportLeak } from "./report_leak.ts";
import { Tally } from "./tally.ts";
import { TaskTimes } from "./task_times.ts";

/** How a pool works. */
export interface PoolSettings extends CrewSettings {
  readonly name: string;
  readonly strategy: Strategy;
  readonly queueLimit: number;
  readonly onFull: "wait" | "reject" | "drop";
  readonly grace: number;
  readonly memoryLimit: number | undefined;
  readonly substrate: Substrate;
}

/** How long a head may stand still before others are taken from behind it. */
const STUCK = 3;

/** The jobs and workers of one CPU scope. */
export class Pool implements WorkerUser, CrewUser {
  readonly settings: PoolSettings;
  readonly tally: Tally = new Tally();
  readonly crew: Crew;
  readonly #queue = new JobQueue();
  readonly #held: Job[] = [];
  readonly #times = new TaskTimes();
  readonly #place: ReturnType<Strategy["start"]> | undefined;
  readonly #progress: ProgressWatch;
  readonly #open = new Set<Job>();
  #expected = 0;
  #isDispatching = false;
  #stuckTimer: ReturnType<typeof setTimeout> | undefined;
  #heads: (Job | undefined)[] = [];
  #whenEmpty: (() => void) | undefined;
  /** What was put into a queue last. */
  #newest: Job | undefined;

  constructor(settings: PoolSettings) {
    const { strategy, substrate, grace, memoryLimit } = settings;
    this.settings = settings;
    this.#place = strategy === leastLoaded ? undefined : strategy.start();
    this.crew = new Crew(settings, {
      substrate,
      grace,
      memoryLimit,
      liveness: processLiveness(),
      functions: new FunctionTable(),
      times: this.#times,
      user: this,
    }, this);
    this.#progress = new ProgressWatch(this.crew.slots, (job) => {
      this.cancel(job);
    });
  }

  /** Takes jobs in. */
  add(...jobs: Job[]): void {
    for (const job of jobs) this.#admit(job);
    this.#dispatch();
    // Order: what waits on must not see what its owner changes meanwhile.
    for (const job of jobs) {
      if (job.state === "held" || job.state === "queued") {
        job.args = snapshotArgs(job.args);
      }
    }
  }

  #admit(job: Job): void {
    this.tally.submitted++;
    this.#open.add(job);
    if (job.parent) job.parent.waitingFor++;
    if (this.#hasRoom()) this.#enqueue(job);
    else if (this.settings.onFull === "wait") this.#hold(job);
    else if (this.settings.onFull === "reject") this.#refuse(job);
    else {
      this.#refuse(this.#takeOldest() ?? job);
      if (!this.#open.has(job)) return;
      this.#enqueue(job);
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
        this.#leaveQueue(job);
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
    this.#dispatch();
    return "aborted";
  }

  /** Has every job ended. */
  cancelAll(): void {
    for (const job of [...this.#open]) this.cancel(job);
  }

  /** Keeps the pool from being empty until the answer is called. */
  expect(): () => void {
    this.#expected++;
    return () => {
      this.#expected--;
      this.#checkEmpty();
    };
  }

  /** Calls back when no job is left, or at once. */
  whenEmpty(listener: () => void): void {
    this.#whenEmpty = listener;
    this.#checkEmpty();
  }

  /** Ends every job and every worker, and waits until they are gone. */
  async close(): Promise<void> {
    this.cancelAll();
    await new Promise<void>((resolve) => this.whenEmpty(resolve));
    clearTimeout(this.#stuckTimer);
    this.#progress.close();
    await this.crew.close();
  }

  /** How many jobs have started and not ended. */
  get running(): number {
    let running = 0;
    for (const { worker } of this.crew.slots) if (worker?.running) running++;
    for (const worker of this.crew.leaving) if (worker.running) running++;
    return running;
  }

  /** Whether no worker will ever be free: each waits for a run that waits. */
  get isDeadlocked(): boolean {
    return this.crew.slots.every(({ worker }) => {
      const calls = worker?.running?.hostCalls;
      if (calls === undefined) return false;
      for (const call of calls) if (call.waitingFor > 0) return true;
      return false;
    });
  }

  ended(worker: PoolWorker, job: Job, end: JobEnd): void {
    const slot = this.crew.slots[worker.slot];
    const { exit, stopped, micros } = end;
    if (stopped !== undefined) {
      job.stopped = stopped;
      this.tally.stopped[stopped]++;
      if (stopped === "leaked") reportLeak(job, worker.slot, this.settings);
    }
    if (micros !== undefined) {
      this.#times.measured(job.kind, micros);
      slot?.run.add(micros / 1000);
      slot?.wait.add(
        Math.max(0, performance.now() - job.askedAt - micros / 1000),
      );
    }
    if (slot !== undefined) {
      slot.completed++;
      slot.idleSince = job.sentAt;
      if (worker.inFlight.size === 0) slot.idleSince = performance.now();
    }
    this.#settle(job, exit);
    this.#dispatch();
  }

  returned(worker: PoolWorker, jobs: readonly Job[]): void {
    const slot = this.crew.slots[worker.slot];
    const queue = this.#place === undefined || slot === undefined
      ? this.#queue
      : slot.queue;
    queue.putBack(jobs);
    for (const job of jobs) job.queue = queue;
    this.#dispatch();
  }

  changed(worker: PoolWorker): void {
    this.crew.changed(worker);
  }

  joined(): void {
    this.#dispatch();
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

  #hasRoom(): boolean {
    const { queueLimit } = this.settings;
    if (queueLimit === Infinity) return true;
    let waiting = this.#queue.size;
    let free = 0;
    for (const slot of this.crew.slots) {
      const ahead = slot.inFlight;
      if (ahead === 0) free++;
      else waiting += ahead - (slot.worker ? 1 : 0);
    }
    return waiting - free < queueLimit;
  }

  #enqueue(job: Job): void {
    let queue: JobQueue;
    try {
      queue = this.#placeOf(job);
    } catch (thrown) {
      // A strategy is the user's own.
      job.defect = thrown ?? new Error("the strategy threw nothing");
      return this.#settle(job, "cancelled");
    }
    job.queue = queue;
    queue.push(job);
    this.#newest = job;
  }

  #placeOf(job: Job): JobQueue {
    if (this.#place === undefined) return this.#queue;
    const { group } = job;
    if (group !== undefined && group === this.#newest?.group) {
      return this.#newest.queue as JobQueue;
    }
    const { slots } = this.crew;
    const { name, options: { key } } = job.task;
    const view = { task: name, key, priority: job.priority };
    const index = this.#place(slots, view);
    const slot = slots[index];
    if (slot !== undefined) return slot.queue;
    const { name: strategy } = this.settings.strategy;
    throw new RangeError(
      `Cannot place "${name}": strategy "${strategy}" answered ${index} for ${slots.length} workers`,
    );
  }

  #hold(job: Job): void {
    this.#held.push(job);
  }

  #refuse(job: Job): void {
    const { queueLimit, onFull } = this.settings;
    const policy = onFull === "drop" ? "drop" : "reject";
    this.tally.refused++;
    this.#open.delete(job);
    job.settle(Exit.fail(new QueueFull(queueLimit, policy)));
    this.#checkEmpty();
  }

  /** The job that has waited longest, taken out of where it waits. */
  #takeOldest(): Job | undefined {
    for (const job of this.#open) {
      if (job.state === "queued") {
        this.#leaveQueue(job);
        return job;
      }
      if (job.state !== "sent") continue;
      const worker = job.place as PoolWorker;
      const isNext = worker.inFlight.values().next().value === job;
      if (!isNext && worker.recall(job)) return job;
    }
    return undefined;
  }

  #leaveQueue(job: Job): void {
    job.state = "held";
    job.queue?.left();
  }

  #settle(job: Job, exit: JobExit): void {
    if (!this.#open.delete(job)) return;
    this.tally.ended(exit);
    this.#progress.forget(job);
    job.settle(exit);
    this.#checkEmpty();
  }

  #checkEmpty(): void {
    if (this.#open.size > 0 || this.#expected > 0) return;
    if (this.#whenEmpty === undefined) return;
    const listener = this.#whenEmpty;
    this.#whenEmpty = undefined;
    listener();
  }

  #dispatch(): void {
    if (this.#isDispatching) return;
    this.#isDispatching = true;
    // Terminates: each turn sends a job or admits one.
    do {
      this.#sendCentral();
      for (const slot of this.crew.slots) this.#sendTo(slot, slot.queue);
    } while (this.#admitHeld());
    this.#isDispatching = false;
  }

  #admitHeld(): boolean {
    if (this.#held.length === 0 || !this.#hasRoom()) return false;
    this.#enqueue(this.#held.shift()!);
    return true;
  }

  #sendCentral(): void {
    for (;;) {
      const job = this.#queue.peek();
      if (job === undefined) return;
      const slot = this.#freest(job);
      if (slot === undefined) break;
      this.#queue.shift();
      this.#send(slot, job);
      this.#sendGroup(slot, this.#queue, job.group);
    }
    this.crew.wake();
  }

  #sendGroup(slot: Slot, queue: JobQueue, group: object | undefined): void {
    if (group === undefined) return;
    for (let job = queue.peek(); job?.group === group; job = queue.peek()) {
      queue.shift();
      this.#send(slot, job);
    }
  }

  #sendTo(slot: Slot, queue: JobQueue): void {
    for (;;) {
      const job = queue.peek();
      if (job === undefined) return;
      if (!slot.worker?.accepts(job)) break;
      queue.shift();
      this.#send(slot, job);
      this.#sendGroup(slot, queue, job.group);
    }
    if (slot.worker === undefined) this.crew.wake();
  }

  /** Who may have the job: an idle one first, a running one before a new one. */
  #freest(job: Job): Slot | undefined {
    let best: Slot | undefined;
    let least = Infinity;
    for (const slot of this.crew.slots) {
      const { worker } = slot;
      if (!worker?.accepts(job)) continue;
      const { size } = worker.inFlight;
      const load = size === 0 ? (worker.state === "ready" ? -2 : -1) : size;
      if (load > least) continue;
      if (load === least && slot.completed >= best!.completed) continue;
      best = slot;
      least = load;
    }
    return best;
  }

  #send(slot: Slot, job: Job): void {
    const worker = slot.worker!;
    job.sentAt = performance.now();
    worker.send(job);
    this.#progress.watch(job);
    this.crew.jobSent();
    if (worker.inFlight.size > 1 || worker.state === "starting") {
      this.#watchStuck();
    }
  }

  /**
   * Frees what waits behind a task that takes longer than its kind did before,
   * or for a thread that still starts while another is idle.
   */
  #watchStuck(): void {
    if (this.#place !== undefined || this.#stuckTimer !== undefined) return;
    this.#stuckTimer = setTimeout(() => {
      this.#stuckTimer = undefined;
      const isAnyIdle = this.crew.slots.some(({ worker }) =>
        worker?.isIdle && worker.state === "ready"
      );
      const before = this.#heads;
      this.#heads = this.crew.slots.map(({ worker }, index) => {
        if (worker === undefined || worker.unstarted === 0) return undefined;
        this.#watchStuck();
        const head = worker.inFlight.values().next().value;
        const isStuck = worker.state === "ready"
          ? head === before[index]
          : isAnyIdle;
        if (isStuck && head?.group === undefined) {
          this.returned(worker, worker.recallAll());
        }
        return head;
      });
    }, STUCK);
  }
}
