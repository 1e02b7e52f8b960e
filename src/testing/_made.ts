/** Something that was made while a watch was on. */
export interface Made {
  /** What is left of it, in words, or `undefined` once nothing is. */
  remains(): string | undefined;
  /** Ends it, so that the leak of one test is not that of the next. */
  end?(): void;
}

/** Notes that something is being made now. */
export type Note = (made: Made) => void;
