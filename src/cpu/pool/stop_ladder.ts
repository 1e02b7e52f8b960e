import type { Job } from "./job.ts";

/** What a ladder asks of its worker. */
export interface Climber {
  /**
   * Whether the job has ended and another runs; `undefined` where nothing seems
   * to run.
   */
  isOver(job: Job): boolean | undefined;
  /** Stops the thread. */
  stop(): void;
}

/** How often to look again whether a job is over, in milliseconds. */
const LOOK = 1, LOOKS = 20;

/**
 * The first rung of stopping a task: it was asked, and has its grace; then its
 * thread is stopped.
 */
export class StopLadder {
  readonly #grace: number;
  readonly #climber: Climber;
  #job: Job | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #looks = 0;

  constructor(grace: number, climber: Climber) {
    this.#grace = grace;
    this.#climber = climber;
  }

  /** Whether a task has been asked to stop. */
  get isClimbing(): boolean {
    return this.#job !== undefined;
  }

  /** Begins with `job`, which was asked to stop. */
  begin(job: Job): void {
    this.#job = job;
    this.#looks = 0;
    this.#wait(this.#grace);
  }

  /** A job has ended by itself. */
  ended(job: Job): void {
    if (job === this.#job) this.end();
  }

  /** Waits for nothing any more. */
  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#job = undefined;
  }

  #wait(ms: number): void {
    this.#timer = setTimeout(() => this.#climb(), ms);
  }

  #climb(): void {
    const isOver = this.#climber.isOver(this.#job!);
    // Invariant: only the code that is to stop is stopped. Its reply may be on
    // the way, and the thread be about something else.
    const again = isOver ?? this.#looks++ < LOOKS;
    if (again) this.#wait(LOOK);
    else this.#climber.stop();
  }
}
