import type { AnyFiber } from "./_fiber_internals.ts";
import { scopeOf } from "./_strand.ts";
import type { Timer } from "./_timers.ts";
import { ambientRun } from "./suspend_task.ts";

/**
 * Calls `ring` once, `ms` from now on the run clock of `fiber`; answers how to
 * call it off. `ring` must only mark and queue.
 */
export function alarmIn(
  fiber: AnyFiber,
  ms: number,
  ring: () => void,
): () => void {
  if (ms === Infinity) return () => {};
  const { timers } = scopeOf(fiber)?.run ?? ambientRun(fiber);
  const timer: Timer = {
    dueAt: timers.now() + ms,
    armed: false,
    turn: 0,
    isEvent: true,
    fire: ring,
  };
  timers.arm(timer);
  return () => {
    if (timer.armed) timers.disarm(timer);
  };
}
