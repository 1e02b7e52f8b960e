// Not the global ones: what this room waits for in real time is no business of a
// test that fakes or counts them.
import * as timers from "node:timers";
import { allIdle } from "../core/idleness.ts";

/** Who wants to know that everything is blocked. */
export interface IdleListener {
  /** For how many real milliseconds nothing must have run. */
  readonly cushion: number;
  /** A clock comes after everybody else, and not while the host is at work. */
  readonly isClock: boolean;
  /** Called once. */
  idle(): void;
}

let watch: IdleWatch | undefined;

/** The watch over all ordinary runs. */
export function idleWatch(): IdleWatch {
  return watch ??= new IdleWatch();
}

/**
 * Watches the run queue for a time in which nothing runs.
 *
 * Tasks that wait for it come before clocks, the shortest cushion first; whoever
 * is called makes the others start again (R72). Only what runs breaks the peace:
 * a wake-up of the host that has nothing to run does not.
 */
export class IdleWatch {
  readonly #listeners = new Set<IdleListener>();
  #seenTurns = -1;
  #quietSince = 0;
  #callOff: (() => void) | undefined = undefined;

  /** Calls `listener` in the next peace that is long enough. */
  add(listener: IdleListener): () => void {
    this.#listeners.add(listener);
    this.#lookSoon(0);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#stop();
    };
  }

  readonly #look = (): void => {
    this.#callOff = undefined;
    const { turns, isIdle, mayJump } = allIdle();
    const now = performance.now();
    const isQuiet = isIdle && turns === this.#seenTurns;
    if (!isQuiet) {
      this.#seenTurns = turns;
      this.#quietSince = now;
    }
    const { cushion, isClock } = this.#first();
    const left = cushion - (now - this.#quietSince);
    if (!isQuiet || left > 0) this.#lookSoon(left);
    else if (isClock && !mayJump) this.#lookSoon(Math.max(1, cushion));
    else this.#fire(cushion, isClock);
  };

  /** The one whose turn it would be. Somebody listens. */
  #first(): IdleListener {
    return [...this.#listeners].reduce((first, other) =>
      first.isClock !== other.isClock
        ? (first.isClock ? other : first)
        : (other.cushion < first.cushion ? other : first)
    );
  }

  #fire(cushion: number, isClock: boolean): void {
    for (const listener of [...this.#listeners]) {
      const isMeant = listener.isClock === isClock &&
        listener.cushion === cushion;
      if (isMeant && this.#listeners.delete(listener)) listener.idle();
    }
    this.#seenTurns = -1;
    if (this.#listeners.size > 0) this.#lookSoon(0);
  }

  #lookSoon(delay: number): void {
    this.#stop();
    if (delay <= 0) {
      const id = timers.setImmediate(this.#look);
      this.#callOff = () => timers.clearImmediate(id);
    } else {
      const id = timers.setTimeout(
        this.#look,
        Math.min(delay, LONGEST_MS),
      );
      this.#callOff = () => timers.clearTimeout(id);
    }
  }

  #stop(): void {
    this.#callOff?.();
    this.#callOff = undefined;
  }
}

/** The longest delay that the platform's timers take. */
const LONGEST_MS = 2 ** 31 - 1;
