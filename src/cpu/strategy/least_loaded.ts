import type { Strategy, WorkerView } from "./strategy.ts";

/**
 * Picks the worker with the least in flight; of several, the one that has
 * finished least. The default; in a scope tasks wait in one queue then, for
 * whoever is free, and of several workers that do nothing the one that was busy
 * last gets the next task, as it is awake.
 *
 * @example The idle worker gets the task
 * ```ts
 * import { leastLoaded } from "espalier/cpu";
 * import assert from "node:assert/strict";
 *
 * const choose = leastLoaded.start();
 * const workers = [
 *   { id: 0, inFlight: 2, completed: 0 },
 *   { id: 1, inFlight: 0, completed: 9 },
 * ];
 * const job = { task: "parse", key: undefined, priority: 0 };
 * assert.equal(choose(workers, job), 1);
 * ```
 */
export const leastLoaded: Strategy = {
  name: "leastLoaded",
  start: () => leastLoadedOf,
};

/** The index of the worker with the least to do. */
export function leastLoadedOf(workers: readonly WorkerView[]): number {
  let best = 0;
  for (let index = 1; index < workers.length; index++) {
    const rival = workers[index]!;
    const known = workers[best]!;
    const less = rival.inFlight - known.inFlight ||
      rival.completed - known.completed;
    if (less < 0) best = index;
  }
  return best;
}
