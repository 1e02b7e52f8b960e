import type * as Clock from "npm:effect@^4.1.0/Clock";
import { liveClock } from "./_run_state.ts";

let chosen: Clock.Clock | undefined;

/** The clock of every run that is not given one. */
export function defaultClock(): Clock.Clock {
  return chosen ?? liveClock();
}

/**
 * Chooses the clock of every later run that is not given one; `undefined` goes
 * back to the platform's. For harnesses that run a whole program on a clock of
 * theirs.
 *
 * @example A whole program without waiting
 * ```ts
 * import { run, sleep } from "espalier";
 * import { setDefaultClock, VirtualClock } from "espalier/testing";
 * import assert from "node:assert/strict";
 *
 * const clock = new VirtualClock({ autojump: true });
 * setDefaultClock(clock);
 * await run(sleep("1 hour"));
 * setDefaultClock(undefined);
 * assert.equal(clock.now(), 3_600_000);
 * ```
 *
 * @param clock The clock.
 */
export function setDefaultClock(clock: Clock.Clock | undefined): void {
  chosen = clock;
}
