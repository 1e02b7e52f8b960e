import * as Effect from "npm:effect@^4.1.0/Effect";
import type { AnyBody } from "../core/any_body.ts";
import { checkBody } from "../core/check_body.ts";
import { inWords } from "../core/in_words.ts";

/** A body with the name that its task is to have. */
export interface Member {
  readonly body: AnyBody;
  readonly name?: string;
}

/**
 * Checks how many bodies may run at once.
 *
 * @throws {RangeError} If it is neither a positive integer nor Infinity.
 */
export function concurrencyOf(concurrency: number, action: string): number {
  if (
    concurrency === Infinity ||
    (Number.isInteger(concurrency) && concurrency > 0)
  ) return concurrency;
  throw new RangeError(
    `Cannot ${action}: 'concurrency' must be a positive integer or Infinity: ` +
      `received ${inWords(concurrency)}`,
  );
}

/**
 * Copies bodies out of an iterable, so that the Effect made of them can run
 * more than once.
 *
 * @throws {TypeError} If it cannot be iterated over, or holds what is no body.
 */
export function membersOf(
  bodies: Iterable<unknown>,
  action: string,
): Member[] {
  if (!isCollection(bodies) || !(Symbol.iterator in bodies)) {
    throw new TypeError(
      `Cannot ${action}: it takes an iterable of bodies: received ${
        inWords(bodies)
      }`,
    );
  }
  return Array.from(bodies, (body) => {
    checkBody(body);
    return { body: body as AnyBody };
  });
}

/** Is it something that holds bodies, and neither one itself nor its promise? */
export function isCollection(value: unknown): value is object {
  return typeof value === "object" && value !== null &&
    !Effect.isEffect(value) && !(value instanceof Promise);
}

/** Who starts members, and knows when one has ended. */
export interface Crew {
  start(member: Member): void;
  /** Called when another one may start. */
  onPlaceFree: () => void;
}

/**
 * Starts as many members as may run, and the next one whenever one has ended.
 *
 * @param next Called while a task ends, so it must not run code of the user's.
 */
export function startInTurn(
  next: () => Member | undefined,
  limit: number,
  crew: Crew,
): void {
  const startNext = (): boolean => {
    const member = next();
    if (member !== undefined) crew.start(member);
    return member !== undefined;
  };
  crew.onPlaceFree = startNext;
  let free = limit;
  while (free > 0 && startNext()) free--;
}
