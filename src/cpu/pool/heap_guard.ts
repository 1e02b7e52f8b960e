// V8 raises the limit of a heap each time it is reached, and tells the code to
// stop. A loop that hears nothing (docs/adr/0007) goes on and takes whatever the
// machine has; all that can be seen of it from here is that the process grows.

import { WorkerOutOfMemory } from "../worker_death.ts";
import type { Job } from "./job.ts";
import type { PoolWorker } from "./pool_worker.ts";

/** How often to look, in milliseconds. */
const LOOK = 500;
/** MiB that tasks may hold in buffers, which do not count. */
const BUFFERS = 1024;

/** What the process holds, in bytes. */
export interface Held {
  /** All of it. */
  readonly rss: number;
  /** Of it, the heap of the loop. */
  readonly heapTotal: number;
  /** Of it, what hangs on the heap of the loop. */
  readonly external: number;
}

/** Whose workers are looked at. */
interface Crew {
  readonly slots: readonly { readonly worker: PoolWorker | undefined }[];
  readonly leaked: readonly PoolWorker[];
}

/** Looks whether the process grows by more than tasks that obey their limit. */
export class HeapGuard {
  readonly #crew: Crew;
  readonly #limit: number | undefined;
  readonly #held: () => Held;
  /** What threads held when a task was first seen to run. */
  #seen = new Map<Job, number>();
  #timer: ReturnType<typeof setInterval> | undefined;

  /** @param limit MiB of heap that each worker may use. */
  constructor(
    crew: Crew,
    limit: number | undefined,
    held: () => Held = Deno.memoryUsage,
  ) {
    this.#crew = crew;
    this.#limit = limit;
    this.#held = held;
  }

  /** A job was sent: looks now and then from here on. */
  start(): void {
    if (this.#limit === undefined || this.#timer !== undefined) return;
    this.#timer = setInterval(() => this.look(), LOOK);
    Deno.unrefTimer(this.#timer);
  }

  /** Looks no more. */
  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Looks once. */
  look(): void {
    const { slots, leaked } = this.#crew;
    const limit = this.#limit ?? Infinity;
    const allowed = (BUFFERS + 2 * limit * slots.length) * 2 ** 20;
    const { rss, heapTotal, external } = this.#held();
    const threads = rss - heapTotal - external;
    const seen = new Map<Job, number>();
    let grown: PoolWorker | undefined;
    for (const { worker } of slots) {
      // A task that waits is watched by its worker.
      const job = worker?.inFlight.isInStep ? worker.running : undefined;
      if (job === undefined || job.isUnwanted) continue;
      const before = this.#seen.get(job) ?? threads;
      seen.set(job, before);
      if (threads - before > allowed) grown = worker;
    }
    // Who has leaked grows on, and nobody else is to blame for it. One task is
    // enough for the growth: the others are looked at afresh.
    this.#seen = grown === undefined && leaked.length === 0 ? seen : new Map();
    if (grown !== undefined && leaked.length === 0) stopFor(grown, limit);
    if (slots.every(({ worker }) => !worker?.inFlight.size)) this.close();
  }
}

function stopFor(worker: PoolWorker, limit: number): void {
  const job = worker.running;
  if (job === undefined) return;
  job.isUnwanted = true;
  job.stopError = new WorkerOutOfMemory(job.task.name, limit);
  worker.cancel(job);
}
