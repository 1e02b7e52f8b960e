import type { Strategy, WorkerView } from "./strategy.ts";

/**
 * Picks the workers in turn, whatever they are doing.
 *
 * - **Fairness:** by worker, not by place: a worker that joins or leaves makes
 *   no other lose its turn.
 *
 * @example Each in turn
 * ```ts
 * import { roundRobin } from "espalier/cpu";
 * import assert from "node:assert/strict";
 *
 * const choose = roundRobin.start();
 * const workers = [0, 1].map((id) => ({ id, inFlight: 0, completed: 0 }));
 * const job = { task: "parse", key: undefined, priority: 0 };
 * const turns = [1, 2, 3].map(() => choose(workers, job));
 * assert.deepEqual(turns, [0, 1, 0]);
 * ```
 */
export const roundRobin: Strategy = {
  name: "roundRobin",
  start() {
    let last = -Infinity;
    return (workers) => {
      const next = following(workers, last);
      last = workers[next]!.id;
      return next;
    };
  },
};

/** The worker with the next higher number, or else with the lowest. */
function following(workers: readonly WorkerView[], last: number): number {
  let next = -1;
  let lowest = 0;
  for (let index = 0; index < workers.length; index++) {
    const { id } = workers[index]!;
    if (id < workers[lowest]!.id) lowest = index;
    if (id > last && (next < 0 || id < workers[next]!.id)) next = index;
  }
  return next < 0 ? lowest : next;
}
