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
import { checkCapacity } from "./_capacity.ts";
import { ClaimQueue } from "./_claim_queue.ts";
import { Gate } from "./_gate.ts";
import { labelOf } from "./_owner.ts";
import { SemaphoreState } from "./_semaphore_state.ts";
import type { Claim } from "./_wait_queue.ts";

/** Options for a {@linkcode Semaphore}. */
export interface SemaphoreOptions {
  /** How deadlock reports and error messages call it. */
  readonly name?: string;
  /** How many permits there may ever be; `Infinity` by default. */
  readonly max?: number;
}

/**
 * A semaphore at one moment.
 *
 * @example Count the permits
 * ```ts
 * import { Semaphore, type SemaphoreStatistics } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const statistics: SemaphoreStatistics = new Semaphore(1, { max: 2 }).statistics();
 * assert.deepEqual(statistics, { value: 1, max: 2, waiting: 0 });
 * ```
 */
export interface SemaphoreStatistics {
  /** How many permits are free. */
  readonly value: number;
  /** How many there may ever be. */
  readonly max: number;
  /** How many tasks wait for one. */
  readonly waiting: number;
}

/**
 * Hands out a number of permits that nobody owns: one task may acquire what
 * another one releases.
 *
 * Where a permit belongs to somebody, as a connection does, a `CapacityLimiter`
 * finds more mistakes.
 *
 * - **Order:** first come, first served. A release hands the permit to the
 *   longest waiter there and then; while somebody waits there is no free one.
 *
 * @example Two at a time
 * ```ts
 * import { nursery, run, Semaphore, sleep } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const semaphore = new Semaphore(2);
 * let inside = 0;
 * await run(nursery(function* (n) {
 *   for (let i = 0; i < 5; i++) {
 *     n.startSoon(semaphore.withPermit(function* () {
 *       inside++;
 *       yield* sleep(1);
 *       assert(inside-- <= 2);
 *     }));
 *   }
 *   yield* sleep(1);
 * }));
 * assert.equal(semaphore.statistics().value, 2);
 * ```
 */
export class Semaphore {
  readonly #label: string;
  readonly #queue = new ClaimQueue<Claim>();
  readonly #state: SemaphoreState;
  readonly #gate: Gate<Claim>;

  /**
   * Makes a semaphore.
   *
   * @param permits How many permits it has to begin with.
   * @param options A name, and how many permits there may ever be.
   * @throws {RangeError} If `permits` or `max` is not an integer of at least 0
   * or Infinity, or `permits` is more than `max`.
   */
  constructor(permits: number, options: SemaphoreOptions = {}) {
    const { name, max = Infinity } = options;
    const label = labelOf("Semaphore", name);
    checkCapacity(permits, "permits", `make ${label}`);
    checkCapacity(max, "max", `make ${label}`);
    if (permits > max) {
      throw new RangeError(
        `Cannot make ${label}: it would have more permits than 'max': ` +
          `received ${permits} and ${max}`,
      );
    }
    this.#label = label;
    this.#state = new SemaphoreState(this.#queue, permits, max);
    this.#gate = new Gate(this.#queue, { label }, {
      refusal: () => undefined,
      take: (claim) => this.#state.take(claim),
      giveBack: () => this.release(),
    });
  }

  /**
   * Waits for a permit.
   *
   * - **Cancellation:** a checkpoint. A task that is cancelled while it waits
   *   leaves the queue and has no permit; one that was handed a permit before
   *   that has it, and meets the cancellation in its next wait.
   */
  readonly acquire: Effect.Effect<void> = Effect.suspend(() =>
    this.#gate.acquire({ held: false })
  );

  /**
   * Takes a permit if there is a free one.
   *
   * @returns Nothing, or `WouldBlock`.
   */
  tryAcquire(): Result.Result<void, WouldBlock> {
    return this.#gate.tryAcquire({ held: false }, "acquire");
  }

  /**
   * Gives a permit to whoever waits longest, or adds a free one.
   *
   * @throws {RangeError} If there are `max` free permits already.
   */
  release(): void {
    if (!this.#state.release()) {
      throw new RangeError(
        `Cannot release ${this.#label}: it has all of its ` +
          `${this.#state.max} permits`,
      );
    }
  }

  /**
   * Runs `body` with a permit.
   *
   * - **Cancellation:** as for `acquire`, then as for `body`. The permit is
   *   given back however the body ends, and whoever interrupted it.
   *
   * @param body The body.
   * @returns The body's value.
   * @throws {TypeError} If `body` is no body.
   */
  withPermit<X extends BodyResult>(
    body: Body0<X>,
  ): Effect.Effect<SuccessOf<X>, ErrorOf<X>, ServicesOf<X>> {
    return this.#gate.hold<X>(() => ({ held: false }), body);
  }

  /**
   * Counts permits and waiters.
   *
   * @returns A frozen snapshot.
   */
  statistics(): SemaphoreStatistics {
    const { value, max } = this.#state;
    return Object.freeze({ value, max, waiting: this.#queue.size });
  }
}
