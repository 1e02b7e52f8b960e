import * as Effect from "npm:effect@^4.1.0/Effect";
import type * as Result from "npm:effect@^4.1.0/Result";
import type {
  Body0,
  ErrorOf,
  Result as BodyResult,
  ServicesOf,
  SuccessOf,
} from "../core/body.ts";
import type { WouldBlock } from "../core/room_errors.ts";
import type { Task } from "../core/task.ts";
import { LockCore } from "./_lock_core.ts";
import { labelOf, ownTask } from "./_owner.ts";

/** Options for a {@linkcode Lock}. */
export interface LockOptions {
  /** How deadlock reports and error messages call it. */
  readonly name?: string;
}

/**
 * A lock at one moment.
 *
 * @example See who owns it
 * ```ts
 * import { Lock, type LockStatistics } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const statistics: LockStatistics = new Lock().statistics();
 * assert.deepEqual(statistics, {
 *   locked: false,
 *   owner: undefined,
 *   waiting: 0,
 * });
 * ```
 */
export interface LockStatistics {
  /** Whether somebody owns it. */
  readonly locked: boolean;
  /** Who owns it. */
  readonly owner: Task | undefined;
  /** How many wait for it. */
  readonly waiting: number;
}

/** The inside of a lock, for a condition that stands on it. */
export let coreOf: (lock: Lock) => LockCore;

/**
 * Has one owner at a time: a task.
 *
 * Take it with `withLock`, which gives it back however the body ends. Whoever
 * uses `acquire` has to `release`, in the same task: a task that ends as the
 * owner breaks the lock for good.
 *
 * - **Order:** first come, first served. A release makes the longest waiter the
 *   owner there and then, so nobody can push in.
 * - **Fairness:** a task that releases and acquires again goes to the end of the
 *   queue.
 * - **Failure:** a task that acquires what it owns, and one that waits for, or
 *   comes to, a lock whose owner has ended, fail with a defect: a `TypeError`
 *   and `BrokenResource`.
 *
 * @example Let one task at a time touch the counter
 * ```ts
 * import { checkpoint, Lock, nursery, run } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const lock = new Lock({ name: "counter" });
 * let counter = 0;
 * await run(nursery(function* (n) {
 *   for (let i = 0; i < 3; i++) {
 *     n.startSoon(lock.withLock(function* () {
 *       const seen = counter;
 *       yield* checkpoint;
 *       counter = seen + 1;
 *     }));
 *   }
 *   yield* checkpoint;
 * }));
 * assert.equal(counter, 3);
 * ```
 */
export class Lock {
  readonly #core: LockCore;

  static {
    coreOf = (lock) => lock.#core;
  }

  /**
   * Makes a lock that nobody owns.
   *
   * @param options A name.
   */
  constructor(options: LockOptions = {}) {
    this.#core = new LockCore(labelOf("Lock", options.name));
  }

  /**
   * Waits until the current task owns the lock.
   *
   * - **Cancellation:** a checkpoint. A task that is cancelled while it waits
   *   leaves the queue and owns nothing; one that was handed the lock before
   *   that owns it, and meets the cancellation in its next wait.
   */
  readonly acquire: Effect.Effect<void> = Effect.suspend(() =>
    this.#core.acquire()
  );

  /**
   * Takes the lock if nobody owns it and nobody waits for it.
   *
   * @returns Nothing, or `WouldBlock`.
   * @throws {TypeError} If the current task owns it already.
   * @throws {BrokenResource} If its owner ended without releasing it.
   * @throws {NotInRun} Outside a task.
   */
  tryAcquire(): Result.Result<void, WouldBlock> {
    return this.#core.tryAcquire();
  }

  /**
   * Gives the lock to whoever waits longest, or to nobody.
   *
   * @throws {TypeError} If the current task does not own it.
   * @throws {NotInRun} Outside a task.
   */
  release(): void {
    this.#core.release(ownTask("release", this.#core.label));
  }

  /**
   * Runs `body` while the current task owns the lock.
   *
   * - **Cancellation:** as for `acquire`, then as for `body`. The lock is
   *   released however the body ends, and whoever interrupted it.
   *
   * @param body The body.
   * @returns The body's value.
   * @throws {TypeError} If `body` is no body.
   */
  withLock<X extends BodyResult>(
    body: Body0<X>,
  ): Effect.Effect<SuccessOf<X>, ErrorOf<X>, ServicesOf<X>> {
    return this.#core.gate.hold<X>(() => this.#core.claim(), body);
  }

  /**
   * Tells who owns it and how many wait.
   *
   * @returns A frozen snapshot.
   */
  statistics(): LockStatistics {
    const { owner, queue } = this.#core;
    return Object.freeze({
      locked: owner !== undefined,
      owner,
      waiting: queue.size,
    });
  }
}
