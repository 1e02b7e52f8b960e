import type * as Fiber from "npm:effect@^4.1.0/Fiber";
import type { Granted } from "../core/checkpoint.ts";
import type { Settle } from "../core/suspend_task.ts";

/** One of the events that a `select` waits for, with what follows from it. */
export interface Arm {
  /**
   * Lets the event happen if it can now; answers what follows from it. Which
   * services that needs is known to `select` alone.
   */
  attempt(): Granted<unknown, unknown> | undefined;
  /** Queues up for it; answers how to leave, which may be called at any time. */
  enter(
    selection: Selection,
    fiber: Fiber.Fiber<unknown, unknown>,
  ): () => void;
}

/**
 * One `select` that waits, in the queues of all of its branches at once.
 *
 * It is the party that its places in those queues belong to. Whoever grants one
 * of them something takes that place out of its queue and calls `commit`, which
 * takes out all others in the same step: so exactly one branch happens, and two
 * selects can meet.
 */
export class Selection {
  #leaves: ReadonlyArray<() => void> = [];
  readonly #settle: Settle<unknown, unknown>;

  constructor(settle: Settle<unknown, unknown>) {
    this.#settle = settle;
  }

  enter(
    arms: ReadonlyArray<Arm>,
    fiber: Fiber.Fiber<unknown, unknown>,
  ): () => "aborted" {
    this.#leaves = arms.map((arm) => arm.enter(this, fiber));
    return () => {
      this.#leave();
      return "aborted";
    };
  }

  /** Decides; answers whether it was not decided before. */
  commit({ result, lost }: Granted<unknown, unknown>): boolean {
    this.#leave();
    return this.#settle(result, lost);
  }

  #leave(): void {
    for (const leave of this.#leaves) leave();
  }
}
