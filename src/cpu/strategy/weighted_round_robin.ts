import type { Strategy } from "./strategy.ts";

/**
 * Picks the workers in turn, in proportion to `weights`, and spreads the turns
 * of a heavy one over the round instead of giving them one after another.
 *
 * - **Fairness:** in a round of as many picks as the weights add up to, each
 *   worker is picked as often as its weight says.
 *
 * @example Three to one, never three in a row at the seam
 * ```ts
 * import { weightedRoundRobin } from "espalier/cpu";
 * import assert from "node:assert/strict";
 *
 * const choose = weightedRoundRobin([3, 1]).start();
 * const workers = [0, 1].map((id) => ({ id, inFlight: 0, completed: 0 }));
 * const job = { task: "parse", key: undefined, priority: 0 };
 * const turns = [1, 2, 3, 4].map(() => choose(workers, job));
 * assert.deepEqual(turns, [0, 0, 1, 0]);
 * ```
 *
 * @param weights One for each worker, by its number; they repeat where there
 * are more workers. 0 is never picked while another can be.
 * @returns The strategy.
 * @throws {RangeError} If there is no weight, one is negative or not finite, or
 * all are 0.
 */
export function weightedRoundRobin(weights: readonly number[]): Strategy {
  const given = [...weights];
  const bad = given.find((weight) => !Number.isFinite(weight) || weight < 0);
  if (bad !== undefined) {
    throw new RangeError(
      `Cannot weigh workers as each weight must be 0 or more: received ${bad}`,
    );
  }
  if (!given.some((weight) => weight > 0)) {
    throw new RangeError(
      "Cannot weigh workers as no weight is more than 0",
    );
  }
  return {
    name: "weightedRoundRobin",
    start() {
      const due = new Map<number, number>();
      return (workers) => {
        let total = 0;
        let best = 0;
        let most = -Infinity;
        for (let index = 0; index < workers.length; index++) {
          const { id } = workers[index]!;
          const weight = given[id % given.length]!;
          const owed = (due.get(id) ?? 0) + weight;
          total += weight;
          due.set(id, owed);
          if (weight > 0 && owed > most) {
            best = index;
            most = owed;
          }
        }
        // Invariant: what is owed adds up to 0 between two picks.
        const { id } = workers[best]!;
        due.set(id, due.get(id)! - total);
        return best;
      };
    },
  };
}
