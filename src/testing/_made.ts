/** Something that was made while a watch was on. */
export interface Made {
  /** What is left of it, in words, or `undefined` once nothing is. */
  remains(): string | undefined;
  /** Where it was asked for, if that is not where it is made. */
  readonly trace?: Error | undefined;
  /** Is it a timer? Some are set by the runtime, for what is left as well. */
  readonly isTimer?: boolean;
  /**
   * Ends it, so that the leak of one test is not that of the next; answers what
   * to wait for until it has ended.
   */
  end?(): void | Promise<unknown>;
}

/** Notes that something is being made now. */
export type Note = (made: Made) => void;
