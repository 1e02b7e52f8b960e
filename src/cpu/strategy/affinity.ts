import { leastLoadedOf } from "./least_loaded.ts";
import type { Strategy } from "./strategy.ts";

/**
 * Picks the same worker for the same `key`, so that what a task keeps in its
 * module for that key is found again. A task without a key goes where least is
 * in flight.
 *
 * - **Fairness:** keys spread evenly; a busy worker keeps its keys all the same.
 *   When a worker leaves, only its own keys move; when one joins, it takes over
 *   its share and no other key moves.
 *
 * @example The same key, the same worker
 * ```ts
 * import { affinity } from "espalier/cpu";
 * import assert from "node:assert/strict";
 *
 * const choose = affinity.start();
 * const workers = [0, 1, 2].map((id) => ({ id, inFlight: 0, completed: 0 }));
 * const job = { task: "load", key: "user 7", priority: 0 };
 * assert.equal(choose(workers, job), choose(workers, job));
 * ```
 */
export const affinity: Strategy = {
  name: "affinity",
  start: () => (workers, { key }) => {
    if (key === undefined) return leastLoadedOf(workers);
    const hash = hashOf(key);
    let best = 0;
    let most = -1;
    for (let index = 0; index < workers.length; index++) {
      const score = mix(hash ^ mix(workers[index]!.id + 1));
      if (score > most) {
        best = index;
        most = score;
      }
    }
    return best;
  },
};

/** FNV-1a; the number 1 and the text "1" are different keys. */
function hashOf(key: string | number): number {
  const text = `${typeof key} ${key}`;
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}

/** Spreads every bit over all others. */
function mix(bits: number): number {
  let mixed = bits >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
