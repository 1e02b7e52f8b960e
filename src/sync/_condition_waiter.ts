import * as Effect from "npm:effect@^4.1.0/Effect";
import type { AnyTask } from "../core/task.ts";
import type { LockCore, TaskClaim } from "./_lock_core.ts";

/**
 * One wait of one owner of a lock, who is a claimant of it meanwhile.
 *
 * ```
 * owner ──gives the lock away──▶ waiting ──notified──▶ in the queue of the lock
 *                                  │                       │
 *                       cancelled: takes the lock       granted: owner
 *                       again, uninterruptibly
 * ```
 */
export class ConditionWaiter implements TaskClaim {
  readonly owner: AnyTask;
  held = false;
  gaveLockAway = false;
  notified = false;
  readonly #lock: LockCore;

  constructor(owner: AnyTask, lock: LockCore) {
    this.owner = owner;
    this.#lock = lock;
  }

  /** Who could end the wait: before the notification that is anybody. */
  holders(): ReadonlyArray<AnyTask> {
    return this.notified ? this.#lock.holders() : [];
  }

  /** What an interrupted waiter owes: to end as the owner it was. */
  takeLockAgain(): Effect.Effect<void> {
    return this.gaveLockAway && !this.held
      ? this.#lock.gate.acquire(this)
      : Effect.void;
  }
}
