import * as Duration from "npm:effect@^4.1.0/Duration";

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
    `Cannot ${action}: the deadline must be a number: received ${deadline}`,
  );
}

function parse(duration: Duration.Input, action: string): number {
  try {
    return Duration.toMillis(Duration.fromInputUnsafe(duration));
  } catch (cause) {
    throw new RangeError(
      `Cannot ${action}: it is not a duration: received ${String(duration)}`,
      { cause },
    );
  }
}
