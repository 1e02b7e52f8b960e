import type { HostLink } from "../transport/host_link.ts";
import type { Job } from "./job.ts";

/** How often to look again whether a job is over, in milliseconds. */
const LOOK = 1, LOOKS = 20;
/** The longest a timer can wait. */
const MOST = 2 ** 31 - 1;

/**
 * The first rung of stopping a task: it was asked, and has its grace; then its
 * thread is stopped. A task that has ended, its reply on the way, may be on the
 * ladder together with the one that runs.
 */
export class StopLadder {
  readonly #grace: number;
  readonly #link: HostLink;
  readonly #stop: () => void;
  /** Those that were asked; one whose grace is none has no timer. */
  readonly #timers = new Map<Job, ReturnType<typeof setTimeout> | undefined>();

  /** @param stop Stops the thread. */
  constructor(grace: number, link: HostLink, stop: () => void) {
    this.#grace = grace;
    this.#link = link;
    this.#stop = stop;
  }

  /** Whether a task has been asked to stop. */
  get isClimbing(): boolean {
    return this.#timers.size > 0;
  }

  /** Begins with `job`, which was asked to stop. */
  begin(job: Job): void {
    if (this.#grace > 0) return this.#wait(job, this.#grace, 0);
    // No grace is less than the millisecond that the shortest timer takes.
    this.#timers.set(job, undefined);
    queueMicrotask(() => {
      if (this.#timers.has(job)) this.#climb(job, 0);
    });
  }

  /** A job has ended by itself. */
  ended(job: Job): void {
    if (this.#timers.size === 0) return;
    clearTimeout(this.#timers.get(job));
    this.#timers.delete(job);
  }

  /** Waits for nothing any more. */
  end(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #wait(job: Job, ms: number, looks: number): void {
    const wait = Math.min(ms, MOST);
    this.#timers.set(job, setTimeout(() => this.#climb(job, looks), wait));
  }

  #climb(job: Job, looks: number): void {
    const isOver = this.#isOver(job);
    // Invariant: only the code that is to stop is stopped. Its reply may be on
    // the way, and the thread be about something else.
    if (isOver ?? looks < LOOKS) this.#wait(job, LOOK, looks + 1);
    else this.#stop();
  }

  /** Whether the job has ended; `undefined` where nothing seems to run. */
  #isOver(job: Job): boolean | undefined {
    const { current } = this.#link;
    return current === job.id ? false : current === 0 ? undefined : true;
  }
}
