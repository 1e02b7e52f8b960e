import type * as Effect from "npm:effect@^4.1.0/Effect";
import type * as Result from "npm:effect@^4.1.0/Result";

/**
 * What one task at a time can take: a `Lock`, a semaphore with one permit, or
 * anything else that can be used as one.
 *
 * @example Use a limiter as a lock
 * ```ts
 * import { CapacityLimiter } from "espalier";
 * import type { LockLike } from "espalier/testing";
 * import assert from "node:assert/strict";
 *
 * const lock: LockLike = new CapacityLimiter(1);
 * assert.equal(lock.statistics?.().waiting, 0);
 * ```
 */
export interface LockLike {
  /**
   * Waits until the current task has it.
   *
   * - **Cancellation:** a checkpoint; who is cancelled while it waits has nothing.
   */
  readonly acquire: Effect.Effect<void, unknown>;
  /** Takes it if it is free, and fails if it is not. */
  tryAcquire(): Result.Result<void, unknown>;
  /** Gives it to whoever waits longest; called by the task that has it. */
  release(): void;
  /** Counts who waits, where that is known. */
  statistics?(): { readonly waiting?: number };
}
