import type { Job } from "./job.ts";

/** The jobs of a pool that have not ended. */
export class OpenJobs {
  #oldest: Job | undefined;
  #newest: Job | undefined;
  #size = 0;
  #expected = 0;
  #whenNone: (() => void) | undefined;

  /** The jobs, the oldest first; none is to come or go meanwhile. */
  *[Symbol.iterator](): Generator<Job> {
    for (let job = this.#oldest; job !== undefined; job = job.newer) yield job;
  }

  /** Takes a job in. */
  add(job: Job): void {
    job.isOpen = true;
    job.older = this.#newest;
    if (this.#newest === undefined) this.#oldest = job;
    else this.#newest.newer = job;
    this.#newest = job;
    this.#size++;
  }

  /** Lets go of a job; whether it was there. */
  delete(job: Job): boolean {
    if (!job.isOpen) return false;
    const { older, newer } = job;
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
    // Or what is kept of one would keep all that came after it.
    job.older = job.newer = undefined;
    job.isOpen = false;
    this.#size--;
    return true;
  }

  /** Keeps this from being empty until the answer is called. */
  expect(): () => void {
    this.#expected++;
    return () => {
      this.#expected--;
      this.check();
    };
  }

  /** Calls back when no job is left and none expected, or at once. */
  whenNone(listener: () => void): void {
    this.#whenNone = listener;
    this.check();
  }

  /** Calls back if no job is left. */
  check(): void {
    if (this.#size > 0 || this.#expected > 0) return;
    const listener = this.#whenNone;
    this.#whenNone = undefined;
    listener?.();
  }
}
