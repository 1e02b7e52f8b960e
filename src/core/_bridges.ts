/**
 * Counts what a run waits for outside itself, so that a clock that jumps does
 * not jump past work in flight (R69).
 */
export class Bridges {
  /** Promises of the host that a task waits for. */
  inbound = 0;
  /** Promises of ours that the host may be waiting for. */
  outbound = 0;
}

/** The bridges of all runs together: what a clock has to ask about. */
export const allBridges: Bridges = new Bridges();
