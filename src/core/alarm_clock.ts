import type * as Clock from "npm:effect@^4.1.0/Clock";

/**
 * What a clock offers that can call back at a moment: the port through which a
 * clock of one's own drives every deadline and sleep. A clock without it is
 * driven through its `sleep`.
 */
export interface AlarmClock extends Clock.Clock {
  /** Calls `ring` at `dueAt`, at once when that has passed; answers how to call it off. */
  [setAlarm](dueAt: number, ring: () => void, isEvent: boolean): () => void;
}
/** The key of {@linkcode AlarmClock}. */
export const setAlarm: unique symbol = Symbol.for("espalier/setAlarm");
