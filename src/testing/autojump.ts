import { inWords } from "../core/in_words.ts";
import { millisOf } from "../core/duration.ts";
import { idleWatch } from "./_idle_watch.ts";

/**
 * What a clock must be able to do to be moved by an {@linkcode Autojump}.
 *
 * @example The least of clocks
 * ```ts
 * import { Autojump, type JumpingClock } from "espalier/testing";
 * import assert from "node:assert/strict";
 *
 * const jumped = Promise.withResolvers<number>();
 * const clock: JumpingClock = { nextEvent: () => 7, jumpTo: jumped.resolve };
 * const autojump = new Autojump(clock);
 * autojump.threshold = true;
 * assert.equal(await jumped.promise, 7);
 * autojump.threshold = false;
 * ```
 */
export interface JumpingClock {
  /** The moment of the next timer, in milliseconds; `Infinity` for none. */
  nextEvent(): number;
  /** Moves the clock and wakes what has become due. */
  jumpTo(moment: number): void;
}

/**
 * Moves a clock to its next timer whenever every task is blocked.
 *
 * `VirtualClock` has one; a clock of your own may have one too.
 *
 * It does not jump while a task waits for a promise of the host, nor before
 * those who wait in `waitAllTasksBlocked` have been woken.
 *
 * @example Give a clock of your own an autojump
 * ```ts
 * import { Autojump, VirtualClock } from "espalier/testing";
 * import { run, sleep } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const jumps: number[] = [];
 * class NotingClock extends VirtualClock {
 *   override jumpTo(moment: number): void {
 *     jumps.push(moment);
 *     super.jumpTo(moment);
 *   }
 * }
 * const clock = new NotingClock();
 * const autojump = new Autojump(clock);
 * autojump.threshold = true;
 * const slept = run(() => sleep(5000), { clock });
 * autojump.changed();
 * await slept;
 * assert.deepEqual(jumps, [5000]);
 * ```
 */
export class Autojump {
  #threshold: boolean | number = false;
  #callOff: (() => void) | undefined = undefined;
  readonly #clock: JumpingClock;

  /**
   * Makes one that is switched off.
   *
   * @param clock The clock to move.
   */
  constructor(clock: JumpingClock) {
    this.#clock = clock;
  }

  /**
   * Whether it is switched on: at once (`true`), after so many real milliseconds
   * in which nothing ran, or not at all.
   */
  get threshold(): boolean | number {
    return this.#threshold;
  }

  set threshold(threshold: boolean | number) {
    if (typeof threshold !== "boolean") {
      if (typeof threshold !== "number") throw noThreshold(threshold);
      millisOf(threshold, "set the autojump of a clock");
    }
    this.#threshold = threshold;
    this.#stop();
    this.changed();
  }

  /** To be called whenever a timer was set or called off. */
  changed(): void {
    if (this.#threshold === false || this.#clock.nextEvent() === Infinity) {
      this.#stop();
    } else if (this.#callOff === undefined) {
      this.#watch(this.#threshold === true ? 0 : this.#threshold);
    }
  }

  #watch(cushion: number): void {
    this.#callOff = idleWatch().add({
      cushion,
      isClock: true,
      idle: () => {
        this.#callOff = undefined;
        const next = this.#clock.nextEvent();
        if (next !== Infinity) this.#clock.jumpTo(next);
        this.changed();
      },
    });
  }

  #stop(): void {
    this.#callOff?.();
    this.#callOff = undefined;
  }
}

function noThreshold(value: unknown): TypeError {
  return new TypeError(
    "Cannot set the autojump of a clock: it must be a boolean or a number: " +
      `received ${inWords(value)}`,
  );
}
