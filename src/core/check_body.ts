import * as Effect from "npm:effect@^4.1.0/Effect";
import { inWords } from "./in_words.ts";

/**
 * Refuses what is no body, where it is handed over: the stack then shows the
 * line that did so, and not only the turn in which it would have begun.
 *
 * @throws {TypeError} If it is neither a function nor an Effect.
 */
export function checkBody(body: unknown): void {
  if (typeof body !== "function" && !Effect.isEffect(body)) {
    throw notABody(body);
  }
}

/** Says what was handed over instead of a body. */
export function notABody(value: unknown): TypeError {
  return new TypeError(
    "Cannot run a body: it is not an Effect, a generator function or an " +
      `async function: received ${inWords(value)}`,
  );
}
