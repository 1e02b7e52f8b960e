import { inWords } from "../core/in_words.ts";

/** Throws unless `value` can be how many there are of something. */
export function checkCapacity(
  value: number,
  what: string,
  action: string,
): void {
  if (value === Infinity || (Number.isInteger(value) && value >= 0)) return;
  throw new RangeError(
    `Cannot ${action}: '${what}' must be an integer of at least 0 or ` +
      `Infinity: received ${inWords(value)}`,
  );
}
