import { inWords } from "../core/in_words.ts";

/**
 * Checks how much a channel may keep.
 *
 * @throws {RangeError} If it is neither an integer of at least 0 nor Infinity.
 */
export function checkCapacity(capacity: number, action: string): void {
  if (capacity === Infinity) return;
  if (Number.isInteger(capacity) && capacity >= 0) return;
  throw new RangeError(
    `Cannot ${action}: the capacity must be an integer of at least 0 or ` +
      `Infinity: received ${inWords(capacity)}`,
  );
}
