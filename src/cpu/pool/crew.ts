// The workers of a pool: how many live, and what takes the place of one that
// has gone. One thread is started in a turn of the loop at most, as that blocks
// it for some 30 ms.

import type { TaskValue } from "../task_value.ts";
import { HeapGuard } from "./heap_guard.ts";
import { DurationHistogram } from "./histogram.ts";
import { JobQueue } from "./job_queue.ts";
import { PoolWorker, type WorkerSetting } from "./pool_worker.ts";

/** One place in a pool, whoever fills it. */
export class Slot {
  readonly id: number;
  worker: PoolWorker | undefined = undefined;
  /** What was placed here before it could be sent. */
  readonly queue: JobQueue = new JobQueue();
  readonly run: DurationHistogram = new DurationHistogram();
  readonly wait: DurationHistogram = new DurationHistogram();
  completed = 0;
  idleSince = 0;

  constructor(id: number) {
    this.id = id;
  }

  /** How many tasks it has been given and not finished. */
  get inFlight(): number {
    return (this.worker?.inFlight.size ?? 0) + this.queue.size;
  }
}

/** How many workers there are. */
export interface CrewSettings {
  readonly workers: number;
  readonly min: number;
  readonly idleTimeout: number;
  /** Tasks whose functions each worker loads at its start. */
  readonly warm: readonly TaskValue[];
}

/** Who the workers work for. */
export interface CrewUser {
  /** Whether a job waits for a worker that is not there. */
  wants(slot: Slot): boolean;
  /** There is a worker more. */
  joined(): void;
  /** No thread could be started for the slot. */
  cannotStart(slot: Slot, error: unknown): void;
}

/** How long a task runs before a spare is made for its worker. */
const LONG = 30;
/** Starts that may fail in a row before only a waiting job makes another. */
const TRIES = 3;

/** The workers of a pool. */
export class Crew {
  readonly slots: readonly Slot[];
  /** Those that the platform would not stop. */
  readonly leaked: PoolWorker[] = [];
  /** Those that are on their way out. */
  readonly leaving: Set<PoolWorker> = new Set();
  spawned = 0;
  readonly #settings: CrewSettings;
  readonly #setting: WorkerSetting;
  readonly #user: CrewUser;
  readonly #guard: HeapGuard;
  #spare: PoolWorker | undefined;
  #startTimer: ReturnType<typeof setTimeout> | undefined;
  #spareTimer: ReturnType<typeof setTimeout> | undefined;
  #idleTimer: ReturnType<typeof setInterval> | undefined;
  #failedStarts = 0;
  #isClosed = false;
  readonly #ending = new Set<Promise<void>>();

  constructor(settings: CrewSettings, setting: WorkerSetting, user: CrewUser) {
    this.slots = Array.from(
      { length: settings.workers },
      (_, id) => new Slot(id),
    );
    this.#settings = settings;
    this.#setting = setting;
    this.#user = user;
    this.#guard = new HeapGuard(this, setting.memoryLimit);
    if (settings.min > 0) this.wake();
  }

  /** Whether there is a worker in every place. */
  get isComplete(): boolean {
    return this.slots.every(({ worker }) => worker !== undefined);
  }

  /** Sees, in a turn to come, whether a worker is to be started. */
  wake(): void {
    if (this.#isClosed || this.slots.every(({ worker }) => worker)) return;
    this.#startTimer ??= setTimeout(() => {
      this.#startTimer = undefined;
      const slot = this.#wanted();
      if (slot === undefined) return;
      this.#fill(slot);
      if (this.#wanted() !== undefined) this.wake();
    }, 0);
  }

  /** A job was sent: if it takes long, a spare is made. */
  jobSent(): void {
    this.#guard.start();
    if (this.#spare !== undefined || this.#spareTimer !== undefined) return;
    this.#spareTimer = setTimeout(() => {
      this.#spareTimer = undefined;
      if (this.#isClosed || this.#spare !== undefined) return;
      if (this.#hasLongJob()) this.#makeSpare();
      else if (this.slots.some(({ worker }) => worker?.inFlight.size)) {
        this.jobSent();
      }
    }, LONG);
    Deno.unrefTimer(this.#spareTimer);
  }

  /** The state of a worker is another one. */
  changed(worker: PoolWorker): void {
    if (worker.state === "ready") return this.#user.joined();
    if (worker.state === "stopping") this.leaving.add(worker);
    else if (!this.leaving.delete(worker)) {
      this.#failedStarts = hasWorked(worker) ? 0 : this.#failedStarts + 1;
    }
    if (worker.state === "leaked") this.leaked.push(worker);
    else if (worker.state === "dead" && this.leaked.includes(worker)) {
      this.leaked.splice(this.leaked.indexOf(worker), 1);
    }
    if (worker === this.#spare) this.#spare = undefined;
    const slot = this.slots[worker.slot];
    if (slot === undefined || slot.worker !== worker) return;
    slot.worker = undefined;
    if (!this.#isClosed) this.#replace(slot);
  }

  /** Has a worker ended that the pool has no use for. */
  end(worker: PoolWorker): void {
    const ending = worker.stop().finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }

  /** Ends all workers, and waits until they are gone. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#startTimer);
    clearTimeout(this.#spareTimer);
    clearInterval(this.#idleTimer);
    this.#guard.close();
    const workers = this.slots.map(({ worker }) => worker);
    for (const worker of [...workers, ...this.leaving, this.#spare]) {
      if (worker !== undefined) this.end(worker);
    }
    await Promise.all(this.#ending);
  }

  #wanted(): Slot | undefined {
    const tries = this.#failedStarts < TRIES;
    return this.slots.find((slot) =>
      slot.worker === undefined &&
      ((slot.id < this.#settings.min && tries) || this.#user.wants(slot))
    );
  }

  #replace(slot: Slot): void {
    const spare = this.#spare;
    const isWanted = slot.id < this.#settings.min || this.#user.wants(slot);
    if (spare === undefined || !spare.isOpen || !isWanted) return this.wake();
    this.#spare = undefined;
    this.#place(spare, slot);
  }

  #fill(slot: Slot): void {
    const spare = this.#spare;
    if (spare?.isOpen) {
      this.#spare = undefined;
      return this.#place(spare, slot);
    }
    try {
      this.#place(this.#start(), slot);
    } catch (error) {
      this.#failedStarts++;
      this.#user.cannotStart(slot, error);
    }
  }

  #place(worker: PoolWorker, slot: Slot): void {
    worker.slot = slot.id;
    slot.worker = worker;
    slot.idleSince = performance.now();
    this.#watchIdle();
    this.#user.joined();
  }

  #start(): PoolWorker {
    const worker = new PoolWorker(this.#setting);
    this.spawned++;
    for (const task of this.#settings.warm) worker.warm(task);
    return worker;
  }

  #makeSpare(): void {
    try {
      this.#spare = this.#start();
    } catch {
      // It was for speed only; whoever needs a worker is told.
    }
  }

  #hasLongJob(): boolean {
    const now = performance.now();
    return this.slots.some(({ worker }) => {
      const running = worker?.running;
      return running !== undefined && now - running.sentAt >= LONG - 1;
    });
  }

  /** Looks now and then who has been idle for too long. */
  #watchIdle(): void {
    const { idleTimeout, min } = this.#settings;
    if (this.#idleTimer !== undefined || !(idleTimeout < 2 ** 31)) return;
    this.#idleTimer = setInterval(() => {
      const since = performance.now() - idleTimeout;
      let living = this.slots.filter(({ worker }) => worker).length;
      for (const slot of this.slots) {
        const { worker } = slot;
        if (living <= min || !worker?.isIdle || slot.idleSince > since) {
          continue;
        }
        living--;
        this.end(worker);
      }
    }, Math.max(10, idleTimeout / 2));
    Deno.unrefTimer(this.#idleTimer);
  }
}

/** Whether a thread that ended by itself had come to do anything. */
function hasWorked(worker: PoolWorker): boolean {
  return worker.hasServed || worker.inFlight.size > 0;
}
