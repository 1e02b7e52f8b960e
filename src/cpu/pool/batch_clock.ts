/** The time, asked for once for all that happens together: asking is dear. */
export class BatchClock {
  #now: number | undefined = undefined;

  /** Milliseconds, as of `performance.now()`. */
  get now(): number {
    return this.#now ??= performance.now();
  }

  /** What happens next happens later. */
  pass(): void {
    this.#now = undefined;
  }
}
