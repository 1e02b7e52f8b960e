import type * as Effect from "npm:effect@^4.1.0/Effect";
import * as Exit from "npm:effect@^4.1.0/Exit";
import { attemptOrWait } from "../core/checkpoint.ts";
import { ParkingLot } from "../core/parking_lot.ts";
import { enterOrDie } from "./_claim_queue.ts";
import { labelOf } from "./_owner.ts";

/** Options for an {@linkcode Event}. */
export interface EventOptions {
  /** How deadlock reports call it. */
  readonly name?: string;
}

/**
 * An event at one moment.
 *
 * @example Count who waits
 * ```ts
 * import { Event, type EventStatistics } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const statistics: EventStatistics = new Event().statistics();
 * assert.deepEqual(statistics, { waiting: 0 });
 * ```
 */
export interface EventStatistics {
  /** How many wait for it. */
  readonly waiting: number;
}

/**
 * Happens once and never un-happens: whoever waits for it goes on when it is
 * set, whoever comes later does not wait.
 *
 * For something that happens again and again take a new event each time, or a
 * `Condition`.
 *
 * - **Order:** all are woken at once, first come, first served.
 *
 * @example Wait until the server is ready
 * ```ts
 * import { Event, nursery, run } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * const ready = new Event({ name: "ready" });
 * await run(nursery(function* (n) {
 *   n.startSoon(Effect.sync(() => ready.set()));
 *   yield* ready.wait;
 *   assert(ready.isSet);
 * }));
 * ```
 */
export class Event {
  readonly #lot = new ParkingLot();
  #isSet = false;

  /**
   * Waits until the event is set.
   *
   * - **Cancellation:** a checkpoint, also when the event is set already. A task
   *   that was woken before it was cancelled goes on, and meets the cancellation
   *   in its next wait.
   */
  readonly wait: Effect.Effect<void>;

  /**
   * Makes an event that is not set.
   *
   * @param options A name.
   */
  constructor(options: EventOptions = {}) {
    const subject = { label: labelOf("Event", options.name) };
    this.wait = attemptOrWait<void, never>(
      subject,
      () => this.#isSet ? { result: Exit.void } : undefined,
      (settle) => enterOrDie(this.#lot, settle, { subject }),
    );
  }

  /** Whether it has been set. */
  get isSet(): boolean {
    return this.#isSet;
  }

  /** Sets the event and wakes everybody; again is as good as once. */
  set(): void {
    this.#isSet = true;
    this.#lot.unparkAll();
  }

  /**
   * Counts who waits.
   *
   * @returns A frozen snapshot.
   */
  statistics(): EventStatistics {
    return Object.freeze({ waiting: this.#lot.size });
  }
}
