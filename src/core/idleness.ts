import { allBridges } from "./_bridges.ts";
import { loopScheduler } from "./_run_state.ts";

/** What a clock that moves by itself has to know before it does. */
export interface Idleness {
  /** Grows whenever something has run. */
  readonly turns: number;
  /** Is nothing waiting for its turn? */
  readonly isIdle: boolean;
  /** Is no work of the host in flight that could still wake a task (R69)? */
  readonly mayJump: boolean;
}

/** Looks at the run queue and at the promises in flight, of all runs. */
export function allIdle(): Idleness {
  const loop = loopScheduler();
  return {
    turns: loop.turns,
    isIdle: loop.isIdle,
    // A promise that waits for one of our futures is not work in flight: the
    // clock has to move for it to go on.
    mayJump: allBridges.inbound <= allBridges.outbound,
  };
}
