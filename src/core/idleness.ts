import { allBridges } from "./_bridges.ts";
import { ForeignQueue } from "./_run_queue.ts";
import { loopScheduler } from "./_run_state.ts";

/** What a clock that moves by itself has to know before it does. */
export interface Idleness {
  /** Grows whenever something has run. */
  readonly turns: number;
  /** Is nothing waiting for its turn? */
  readonly isIdle: boolean;
  /** How much work of the host is in flight that could still wake a task. */
  readonly inFlight: number;
  /** Is none of it in flight (R69)? */
  readonly mayJump: boolean;
}

/** Looks at the run queue and at the promises in flight, of all runs. */
export function allIdle(): Idleness {
  const loop = loopScheduler();
  // A promise that waits for one of our futures is not work in flight: the
  // clock has to move for it to go on.
  const inFlight = Math.max(0, allBridges.inbound - allBridges.outbound);
  return {
    // What waits on a scheduler of somebody else's cannot be seen; that it is
    // worked off can.
    turns: loop.turns + ForeignQueue.turns,
    isIdle: loop.isIdle,
    inFlight,
    mayJump: inFlight === 0,
  };
}
