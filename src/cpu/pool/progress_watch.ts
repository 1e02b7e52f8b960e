import type { Slot } from "./crew.ts";
import type { Job } from "./job.ts";

/** How often to look, in milliseconds. */
const LOOK = 16;

/** Looks how far tasks have come, for as long as somebody wants to know. */
export class ProgressWatch {
  readonly #slots: readonly Slot[];
  readonly #failed: (job: Job) => void;
  readonly #jobs = new Set<Job>();
  #timer: ReturnType<typeof setInterval> | undefined;

  /** @param failed Called with a job whose `onProgress` has thrown. */
  constructor(slots: readonly Slot[], failed: (job: Job) => void) {
    this.#slots = slots;
    this.#failed = failed;
  }

  /** Looks after a job that was sent, if somebody wants to know. */
  watch(job: Job): void {
    if (job.task.options.onProgress === undefined) return;
    this.#jobs.add(job);
    this.#timer ??= setInterval(() => this.#look(), LOOK);
  }

  /** A job has ended. */
  forget(job: Job): void {
    if (this.#jobs.delete(job) && this.#jobs.size === 0) this.close();
  }

  /** Looks no more. */
  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    for (const { worker } of this.#slots) {
      const job = worker?.running;
      if (job === undefined || !this.#jobs.has(job)) continue;
      const progress = worker!.progressOf(job);
      if (progress === undefined || job.isUnwanted) continue;
      job.tellProgress(progress);
      if (job.defect !== undefined) this.#failed(job);
    }
  }
}
