import type { Strategy } from "./strategy.ts";

/**
 * Draws two workers and picks the one with less in flight: nearly as even as
 * `leastLoaded`, without looking at all of them.
 *
 * @example One of two
 * ```ts
 * import { powerOfTwo } from "espalier/cpu";
 * import assert from "node:assert/strict";
 *
 * const choose = powerOfTwo.start();
 * const workers = [
 *   { id: 0, inFlight: 4, completed: 0 },
 *   { id: 1, inFlight: 1, completed: 0 },
 * ];
 * const job = { task: "parse", key: undefined, priority: 0 };
 * assert.equal(choose(workers, job), 1);
 * ```
 */
export const powerOfTwo: Strategy = {
  name: "powerOfTwo",
  start: () => drawTwo(Math.random),
};

/** Draws with `random`, which answers from 0 up to 1. */
export function drawTwo(
  random: () => number,
): ReturnType<Strategy["start"]> {
  return (workers) => {
    const one = Math.floor(random() * workers.length);
    if (workers.length === 1) return one;
    // One of the others: the place of the first is skipped.
    const draw = Math.floor(random() * (workers.length - 1));
    const other = draw < one ? draw : draw + 1;
    return workers[other]!.inFlight < workers[one]!.inFlight ? other : one;
  };
}
