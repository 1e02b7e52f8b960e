import * as Effect from "npm:effect@^4.1.0/Effect";
import type * as Duration from "npm:effect@^4.1.0/Duration";
import { now, sleepUntil } from "../core/clock.ts";
import { inWords } from "../core/in_words.ts";
import { millisOf } from "../core/duration.ts";

/** At most `limit` within any `interval`. */
export interface Rate {
  readonly limit: number;
  readonly interval: Duration.Input;
}

/**
 * Checks a rate and answers how to begin keeping it.
 *
 * @throws {RangeError} If the limit is not a positive integer, or the interval
 * is negative, NaN or infinite.
 */
export function paceFor(rate: Rate | undefined): () => Pace | undefined {
  if (rate === undefined) return () => undefined;
  const { limit, interval: within } = Object(rate) as Rate;
  if (!Number.isInteger(limit) || limit < 1) {
    throw new RangeError(
      "Cannot map items: 'rate.limit' must be a positive integer: received " +
        inWords(limit),
    );
  }
  const interval = millisOf(within, "map items at a rate");
  if (interval === Infinity) {
    throw new RangeError(
      "Cannot map items: 'rate.interval' must be finite: received Infinity",
    );
  }
  return () => new Pace(limit, interval);
}

/**
 * Spaces starts in time.
 *
 * It remembers when the last `limit` of them were: the next one may be when the
 * oldest of those is an interval ago, so that no window of that length, wherever
 * it begins, holds more than `limit`.
 */
class Pace {
  readonly #limit: number;
  readonly #interval: number;
  readonly #starts: number[] = [];
  #oldest = 0;

  constructor(limit: number, interval: number) {
    this.#limit = limit;
    this.#interval = interval;
  }

  /** Waits until one more may start. */
  get turn(): Effect.Effect<void> {
    if (this.#starts.length < this.#limit) return Effect.void;
    const dueAt = this.#starts[this.#oldest]! + this.#interval;
    return dueAt > now() ? sleepUntil(dueAt) : Effect.void;
  }

  /** Notes that one starts now. */
  started(): void {
    this.#starts[this.#oldest] = now();
    this.#oldest = (this.#oldest + 1) % this.#limit;
  }
}

export type { Pace };
