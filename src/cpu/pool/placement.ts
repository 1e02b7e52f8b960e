import { leastLoaded } from "../strategy/least_loaded.ts";
import type { Strategy } from "../strategy/strategy.ts";
import type { Slot } from "./crew.ts";
import type { Job } from "./job.ts";
import type { JobQueue } from "./job_queue.ts";

/** In which queue a job waits, and whether there is room for it. */
export class Placement {
  /** Do all jobs wait in the central queue, for whoever is free? */
  readonly isCentral: boolean;
  /** What was put into a queue last. */
  newest: Job | undefined;
  readonly #strategy: Strategy;
  readonly #place: ReturnType<Strategy["start"]>;
  readonly #slots: readonly Slot[];
  readonly central: JobQueue;

  constructor(strategy: Strategy, slots: readonly Slot[], central: JobQueue) {
    this.isCentral = strategy === leastLoaded;
    this.#strategy = strategy;
    this.#place = strategy.start();
    this.#slots = slots;
    this.central = central;
  }

  /** Is there room for one job more that has not started? */
  hasRoom(queueLimit: number): boolean {
    if (queueLimit === Infinity) return true;
    let waiting = this.central.size;
    let free = 0;
    for (const slot of this.#slots) {
      const ahead = slot.inFlight;
      if (ahead === 0) free++;
      else waiting += ahead - (slot.worker ? 1 : 0);
    }
    return waiting - free < queueLimit;
  }

  /** Asks the strategy; the jobs of one group wait in one place. */
  queueFor(job: Job): JobQueue {
    if (this.isCentral) return this.central;
    const { group } = job;
    if (group !== undefined && group === this.newest?.group) {
      return this.newest.queue as JobQueue;
    }
    const { name, options: { key } } = job.task;
    const view = { task: name, key, priority: job.priority };
    const index = this.#place(this.#slots, view);
    const slot = this.#slots[index];
    if (slot !== undefined) return slot.queue;
    throw new RangeError(
      `Cannot place "${name}": strategy "${this.#strategy.name}" answered ` +
        `${index} for ${this.#slots.length} workers`,
    );
  }
}
