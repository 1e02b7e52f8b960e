/** What may wait behind a running task at most, in microseconds of work. */
const PREFETCH = 300;
/** How long a task may take, in microseconds, for one to wait behind it. */
const NEXT = 5000;
/** How much the newest measurement counts. */
const WEIGHT = 0.2;

/** How long tasks of each kind take, by measurement. */
export class TaskTimes {
  readonly #known = new Map<string, number>();

  /** Takes in that one of `kind` ran for so many microseconds. */
  measured(kind: string, micros: number): void {
    const before = this.#known.get(kind);
    // A task that was slow once is trusted again only slowly.
    const known = before === undefined
      ? micros
      : micros > before
      ? (before + micros) / 2
      : before + (micros - before) * WEIGHT;
    this.#known.set(kind, known);
  }

  /** How long one of `kind` should take; `Infinity` where nobody knows. */
  estimate(kind: string): number {
    return this.#known.get(kind) ?? Infinity;
  }

  /**
   * Whether one that should take `estimate` may wait behind work of `load`
   * microseconds: one that is slow, or unknown, never.
   */
  fitsBehind(load: number, estimate: number): boolean {
    return load + estimate <= PREFETCH;
  }

  /**
   * Whether one that should take `estimate` may wait behind a single one of
   * `load` microseconds, so that the worker need not wait for the loop between
   * the two. Another worker that is idle takes it over.
   */
  fitsNext(load: number, estimate: number): boolean {
    return Math.max(load, estimate) <= NEXT;
  }

  /** Whether work of `load` microseconds is worth to be taken over. */
  isWorthTaking(load: number): boolean {
    return load > PREFETCH;
  }
}
