import { settledWithin } from "./wait.ts";

/** Between two looks at what a thread has used, in milliseconds. */
const LOOK = 20;
/** More than twice what loading all builtins takes, in milliseconds of CPU. */
const BUDGET = 60;
/** A thread that used no CPU for so long waits for something. */
const STILL = 300;

/**
 * How long to wait for a thread that may be loading a builtin, which must not be
 * cut off: until it has used so much CPU that it must be about something else,
 * or uses none. On a machine that is busy that takes longer than by the clock.
 */
export class CpuPatience {
  readonly #cpuTime: () => Promise<number>;
  readonly #before: Promise<number>;

  /** @param cpuTime How much CPU the thread has used, in milliseconds. */
  constructor(cpuTime: () => Promise<number>) {
    this.#cpuTime = cpuTime;
    this.#before = cpuTime();
  }

  /**
   * Whether one of the promises settles before the thread has used that much
   * CPU, counted from when this was made.
   */
  async settled(promises: readonly Promise<unknown>[]): Promise<boolean> {
    const before = await this.#before;
    let used = before;
    let moved = performance.now();
    // Terminates: it uses CPU, or none.
    for (;;) {
      if (await settledWithin(LOOK, promises)) return true;
      const now = await this.#cpuTime();
      if (now !== used) moved = performance.now();
      used = now;
      const isStill = performance.now() - moved >= STILL;
      if (used - before >= BUDGET || isStill) return false;
    }
  }
}
