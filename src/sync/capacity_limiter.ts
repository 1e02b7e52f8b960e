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
import { LimiterCore } from "./_limiter_core.ts";
import { labelOf } from "./_owner.ts";

/** Options for a {@linkcode CapacityLimiter}. */
export interface CapacityLimiterOptions {
  /** How deadlock reports and error messages call it. */
  readonly name?: string;
}

/**
 * A limiter at one moment.
 *
 * @example See who has a token
 * ```ts
 * import { CapacityLimiter, type CapacityLimiterStatistics } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const limiter = new CapacityLimiter(2);
 * limiter.tryAcquireOnBehalfOf("job");
 * const statistics: CapacityLimiterStatistics = limiter.statistics();
 * assert.deepEqual(statistics, {
 *   total: 2,
 *   borrowed: 1,
 *   borrowers: ["job"],
 *   waiting: 0,
 * });
 * ```
 */
export interface CapacityLimiterStatistics {
  /** How many tokens there are. */
  readonly total: number;
  /** How many are lent: after the total was lowered, maybe more than it. */
  readonly borrowed: number;
  /** Who has them, in the order of borrowing. */
  readonly borrowers: ReadonlyArray<unknown>;
  /** How many wait for one. */
  readonly waiting: number;
}

/**
 * Lends a number of tokens that can be changed, each to a borrower with a name:
 * the current task, or any object that stands for what is limited.
 *
 * - **Order:** first come, first served. A token is lent, and counts as lent,
 *   before the waiter that gets it runs again.
 * - **Failure:** a borrower has at most one token; one that asks for another, or
 *   that returns what it has not, makes a mistake: a `TypeError`.
 *
 * @example Make room while others wait
 * ```ts
 * import { CapacityLimiter, checkpoint, nursery, run } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const limiter = new CapacityLimiter(1);
 * await run(nursery(function* (n) {
 *   n.startSoon(limiter.acquireOnBehalfOf("connection 1"));
 *   n.startSoon(limiter.acquireOnBehalfOf("connection 2"));
 *   yield* checkpoint;
 *   assert.deepEqual(limiter.statistics().borrowers, ["connection 1"]);
 *   limiter.total = 2;
 *   assert.equal(limiter.statistics().borrowed, 2);
 * }));
 * ```
 */
export class CapacityLimiter {
  readonly #core: LimiterCore;

  /**
   * Makes a limiter.
   *
   * @param total How many tokens there are; 0 admits nobody.
   * @param options A name.
   * @throws {RangeError} If `total` is not an integer of at least 0 or Infinity.
   */
  constructor(total: number, options: CapacityLimiterOptions = {}) {
    this.#core = new LimiterCore(
      labelOf("CapacityLimiter", options.name),
      total,
    );
  }

  /**
   * How many tokens there are. Raising it lends as many as there are waiters
   * for; lowering it takes none away, and lends none until enough came back.
   *
   * @throws {RangeError} When set to what is not an integer of at least 0 or
   * Infinity.
   */
  get total(): number {
    return this.#core.total;
  }

  set total(total: number) {
    this.#core.total = total;
  }

  /**
   * Waits until the current task has a token.
   *
   * - **Cancellation:** a checkpoint. A task that is cancelled while it waits
   *   leaves the queue and has no token; one that was lent a token before that
   *   has it, and meets the cancellation in its next wait.
   */
  readonly acquire: Effect.Effect<void> = Effect.suspend(() =>
    this.#core.acquire(this.#core.self("acquire"))
  );

  /**
   * Lends the current task a token if there is one.
   *
   * @returns Nothing, or `WouldBlock`.
   * @throws {TypeError} If the current task has one or waits for one.
   * @throws {NotInRun} Outside a task.
   */
  tryAcquire(): Result.Result<void, WouldBlock> {
    return this.#core.tryAcquire(this.#core.self("acquire"));
  }

  /**
   * Takes back the token of the current task.
   *
   * @throws {TypeError} If the current task has none.
   * @throws {NotInRun} Outside a task.
   */
  release(): void {
    this.#core.release(this.#core.self("release"));
  }

  /**
   * Waits until `borrower` has a token.
   *
   * - **Cancellation:** as for `acquire`.
   *
   * @param borrower Whom the token is for: compared by identity.
   * @returns An Effect that waits.
   */
  acquireOnBehalfOf(borrower: unknown): Effect.Effect<void> {
    return Effect.suspend(() => this.#core.acquire(borrower));
  }

  /**
   * Lends `borrower` a token if there is one.
   *
   * @param borrower Whom the token is for: compared by identity.
   * @returns Nothing, or `WouldBlock`.
   * @throws {TypeError} If `borrower` has one or waits for one.
   */
  tryAcquireOnBehalfOf(borrower: unknown): Result.Result<void, WouldBlock> {
    return this.#core.tryAcquire(borrower);
  }

  /**
   * Takes back the token of `borrower`.
   *
   * @param borrower Whom the token was for.
   * @throws {TypeError} If `borrower` has none.
   */
  releaseOnBehalfOf(borrower: unknown): void {
    this.#core.release(borrower);
  }

  /**
   * Runs `body` while the current task has a token.
   *
   * - **Cancellation:** as for `acquire`, then as for `body`. The token is given
   *   back however the body ends, and whoever interrupted it.
   *
   * @param body The body.
   * @returns The body's value.
   * @throws {TypeError} If `body` is no body.
   */
  withToken<X extends BodyResult>(
    body: Body0<X>,
  ): Effect.Effect<SuccessOf<X>, ErrorOf<X>, ServicesOf<X>> {
    return this.#core.hold<X>(body);
  }

  /**
   * Tells who has a token and how many wait.
   *
   * @returns A frozen snapshot.
   */
  statistics(): CapacityLimiterStatistics {
    const borrowers = Object.freeze(this.#core.borrowers);
    return Object.freeze({
      total: this.#core.total,
      borrowed: borrowers.length,
      borrowers,
      waiting: this.#core.waiting,
    });
  }
}
