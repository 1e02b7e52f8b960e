/**
 * How long things took, in milliseconds, by size.
 *
 * @example Read the slowest of a scope
 * ```ts
 * import { cpuScope, type Histogram, inline } from "espalier/cpu";
 * import { run } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const one = inline(() => 1);
 * await run(cpuScope(function* (cpu) {
 *   yield* cpu.run(one);
 *   const times: Histogram = cpu.statistics().workers[0]!.run;
 *   assert.equal(times.count, 1);
 *   assert(times.max >= times.p50);
 * }, { workers: 1 }));
 * ```
 */
export interface Histogram {
  /** How many. */
  readonly count: number;
  /** The shortest. */
  readonly min: number;
  /** The average. */
  readonly mean: number;
  /** Half took no longer. */
  readonly p50: number;
  /** 99 of 100 took no longer. */
  readonly p99: number;
  /** The longest. */
  readonly max: number;
}

/** Buckets for each doubling: 9 % apart, from a microsecond up. */
const STEPS = 8, SMALLEST = 0.001, BUCKETS = 40 * STEPS;

/** Counts durations in buckets that grow by the same ratio. */
export class DurationHistogram {
  readonly #buckets = new Uint32Array(BUCKETS);
  #count = 0;
  #sum = 0;
  #min = Infinity;
  #max = 0;

  /** Counts one, in milliseconds. */
  add(ms: number): void {
    this.#count++;
    this.#sum += ms;
    if (ms < this.#min) this.#min = ms;
    if (ms > this.#max) this.#max = ms;
    const place = ms <= SMALLEST
      ? 0
      : Math.min(BUCKETS - 1, Math.ceil(Math.log2(ms / SMALLEST) * STEPS));
    this.#buckets[place]!++;
  }

  /** What was counted so far. */
  snapshot(): Histogram {
    if (this.#count === 0) {
      return { count: 0, min: 0, mean: 0, p50: 0, p99: 0, max: 0 };
    }
    return {
      count: this.#count,
      min: this.#min,
      mean: this.#sum / this.#count,
      p50: this.#quantile(0.5),
      p99: this.#quantile(0.99),
      max: this.#max,
    };
  }

  #quantile(share: number): number {
    let left = Math.ceil(this.#count * share);
    for (let place = 0; place < BUCKETS; place++) {
      left -= this.#buckets[place]!;
      if (left > 0) continue;
      const upper = SMALLEST * 2 ** (place / STEPS);
      return Math.max(this.#min, Math.min(upper, this.#max));
    }
    return this.#max;
  }
}
