import type * as Effect from "npm:effect@^4.1.0/Effect";
import type { AnyFiber } from "./_fiber_internals.ts";
import { bridge, endCancelled } from "./_promise_wait.ts";
import { scopeOf } from "./_strand.ts";
import { leakWatch } from "./leak_port.ts";

/**
 * Counts work of another thread or process as in flight for the run of `fiber`
 * (R69): no clock jumps over it. Answers how to stop counting, once.
 */
export function countForeignWork(fiber: AnyFiber): () => void {
  const land = bridge(scopeOf(fiber)?.run);
  let hasLanded = false;
  leakWatch?.made(() =>
    hasLanded ? undefined : "work of another thread or process"
  );
  return () => {
    hasLanded = true;
    land();
  };
}

/**
 * How the wait of a cancelled fiber ends once the work it waited for has been
 * stopped: interrupted, by the cancellation that reached it.
 */
export function endForeignWait(fiber: AnyFiber): Effect.Effect<never> {
  return endCancelled(fiber);
}
