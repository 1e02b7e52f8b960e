import * as Duration from "npm:effect@^4.1.0/Duration";
import { inWords } from "./in_words.ts";

/**
 * Reads a length of time in milliseconds.
 *
 * @throws {RangeError} If it is negative, NaN, or not a duration at all.
 */
export function millisOf(duration: Duration.Input, action: string): number {
  const ms = typeof duration === "number" ? duration : parse(duration, action);
  if (ms >= 0) return ms;
  throw new RangeError(
    `Cannot ${action}: the duration must not be negative or NaN: received ${ms}`,
  );
}

/**
 * Checks a moment on the run clock.
 *
 * @throws {RangeError} If it is NaN.
 */
export function momentOf(deadline: number, action: string): number {
  if (typeof deadline === "number" && !Number.isNaN(deadline)) return deadline;
  throw new RangeError(
    `Cannot ${action}: the deadline must be a number: received ${
      inWords(deadline)
    }`,
  );
}

function parse(duration: Duration.Input, action: string): number {
  try {
    return Duration.toMillis(Duration.fromInputUnsafe(duration));
  } catch (cause) {
    throw new RangeError(
      `Cannot ${action}: a duration is 100, or "1 second": received ${
        inWords(duration)
      }`,
      { cause },
    );
  }
}
