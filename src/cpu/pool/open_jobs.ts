import type { Job } from "./job.ts";

/** The jobs of a pool that have not ended. */
export class OpenJobs {
  readonly #jobs = new Set<Job>();
  #expected = 0;
  #whenNone: (() => void) | undefined;

  /** The jobs, the oldest first. */
  [Symbol.iterator](): IterableIterator<Job> {
    return this.#jobs.values();
  }

  /** Whether a job has not ended. */
  has(job: Job): boolean {
    return this.#jobs.has(job);
  }

  /** Takes a job in. */
  add(job: Job): void {
    this.#jobs.add(job);
  }

  /** Lets go of a job; whether it was there. */
  delete(job: Job): boolean {
    return this.#jobs.delete(job);
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
    if (this.#jobs.size > 0 || this.#expected > 0) return;
    const listener = this.#whenNone;
    this.#whenNone = undefined;
    listener?.();
  }
}
