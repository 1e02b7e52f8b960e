/** What a scheduler is asked. */
export interface Decision {
  /**
   * `"turn"`: which of the steps that are ready goes next? `"preempt"`: does the
   * running task go on (0), or one of those that are ready (their place + 1)?
   * `"cancel"`: is the task cancelled here (1), or not (0)?
   */
  readonly kind: "turn" | "preempt" | "cancel";
  /** How many answers there are. */
  readonly width: number;
  /** Who would go on, one number for each task, in the order of what is ready. */
  readonly actors: readonly number[];
  /** Who is running, or would be cancelled. */
  readonly running: number;
}

/**
 * Picks the task that runs next, wherever there is a choice.
 *
 * Answer 0 is always what an ordinary run would do: the step that has been ready
 * for longest, no preemption, no cancellation.
 */
export interface Scheduler {
  /** Answers with a number from 0 up to, and without, `decision.width`. */
  decide(decision: Decision): number;
}

/** A scheduler for each of many interleavings. */
export interface Strategy {
  /** Have all interleavings been run? */
  readonly isExhausted: boolean;
  /**
   * Makes the scheduler of the next one, as often as it is called, each like the
   * others; or `undefined` when there is none left.
   */
  next(): (() => Scheduler) | undefined;
  /** Told which decisions the last one came to. */
  ran(path: Path): void;
}

/** The decisions of one interleaving: what was answered, of how many answers. */
export interface Path {
  readonly answers: readonly number[];
  readonly widths: readonly number[];
}
