import { inWords } from "../core/in_words.ts";

/**
 * Refuses what cannot make what a suite is to check.
 *
 * @param make What was handed over.
 * @param what What it is to make, as in `a lock`.
 * @throws {TypeError} If it is no function.
 */
export function checkMaker(make: unknown, what: string): void {
  if (typeof make === "function") return;
  throw new TypeError(
    `Cannot check ${what}: what makes it is no function: received ` +
      inWords(make),
  );
}
