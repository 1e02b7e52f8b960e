import type * as Effect from "npm:effect@^4.1.0/Effect";
import * as Exit from "npm:effect@^4.1.0/Exit";
import { attemptOrWait, type Granted } from "../core/checkpoint.ts";
import type { BrokenResource } from "../core/errors.ts";
import { inWords } from "../core/in_words.ts";
import { ParkingLot } from "../core/parking_lot.ts";
import type { Settle } from "../core/suspend_task.ts";
import { runningTask } from "../core/task.ts";
import type { WaitSubject } from "../core/wait_subject.ts";
import { BarrierRound } from "./_barrier_state.ts";
import { labelOf } from "./_owner.ts";

/** Options for a {@linkcode Barrier}. */
export interface BarrierOptions {
  /** How deadlock reports and error messages call it. */
  readonly name?: string;
}

/**
 * A barrier at one moment.
 *
 * @example Count who is there
 * ```ts
 * import { Barrier, type BarrierStatistics } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const statistics: BarrierStatistics = new Barrier(3).statistics();
 * assert.deepEqual(statistics, { parties: 3, waiting: 0 });
 * ```
 */
export interface BarrierStatistics {
  /** How many have to meet. */
  readonly parties: number;
  /** How many are there and wait for the rest. */
  readonly waiting: number;
}

/**
 * Lets a number of tasks meet: all wait until the last of them is there, then
 * all go on, and the barrier is ready for the next round.
 *
 * - **Order:** those who meet are woken in the order in which they arrived; the
 *   answer of `wait` is that order, from 0, in this round.
 * - **Failure:** a party that is cancelled while it waits breaks its round: the
 *   others that wait fail with `BrokenResource`, which names it. The next party
 *   that arrives begins a new round.
 *
 * @example Nobody begins step two before all have done step one
 * ```ts
 * import { Barrier, nursery, type Nursery, run } from "espalier";
 * import type { BrokenResource } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const barrier = new Barrier(2);
 * const trail: string[] = [];
 * await run(nursery(function* (n: Nursery<BrokenResource>) {
 *   for (const name of ["a", "b"]) {
 *     n.startSoon(function* () {
 *       trail.push(`${name} one`);
 *       yield* barrier.wait;
 *       trail.push(`${name} two`);
 *     });
 *   }
 * }));
 * assert.deepEqual(trail, ["a one", "b one", "a two", "b two"]);
 * ```
 */
export class Barrier {
  readonly #parties: number;
  #round: BarrierRound;
  #lot = new ParkingLot();
  readonly #subject: WaitSubject;

  /**
   * Arrives and waits for the rest; answers how many had arrived before.
   *
   * - **Cancellation:** a checkpoint, for the last one too. A task that is
   *   cancelled while it waits breaks the round; one that is cancelled after the
   *   last one has arrived goes on, and meets the cancellation in its next wait.
   */
  readonly wait: Effect.Effect<number, BrokenResource>;

  /**
   * Makes a barrier.
   *
   * @param parties How many have to meet.
   * @param options A name.
   * @throws {RangeError} If `parties` is not a positive integer.
   */
  constructor(parties: number, options: BarrierOptions = {}) {
    const label = labelOf("Barrier", options.name);
    if (!Number.isInteger(parties) || parties < 1) {
      throw new RangeError(
        `Cannot make ${label}: 'parties' must be a positive integer: ` +
          `received ${inWords(parties)}`,
      );
    }
    this.#parties = parties;
    this.#round = new BarrierRound(parties);
    this.#subject = { label };
    this.wait = attemptOrWait<number, BrokenResource>(
      this.#subject,
      () => this.#completeAsLast(),
      (settle) => this.#join(settle),
    );
  }

  /**
   * Counts who is there.
   *
   * @returns A frozen snapshot.
   */
  statistics(): BarrierStatistics {
    return Object.freeze({
      parties: this.#parties,
      waiting: this.#round.waiting,
    });
  }

  #completeAsLast(): Granted<number, never> | undefined {
    const round = this.#openRound();
    if (round.waiting < this.#parties - 1) return undefined;
    const index = round.arrive();
    this.#lot.unparkAll();
    return { result: Exit.succeed(index) };
  }

  #join(settle: Settle<number, BrokenResource>): () => "aborted" {
    const round = this.#openRound();
    const lot = this.#lot;
    const task = runningTask();
    const index = round.arrive();
    const leave = lot.enter(settle, {
      subject: this.#subject,
      result: () => index,
    });
    return () => {
      const verdict = leave();
      round.leave();
      lot.breakLot(task);
      return verdict;
    };
  }

  /** The round that one can arrive in; nobody waits in one that is over. */
  #openRound(): BarrierRound {
    if (this.#round.state !== "open") {
      this.#round = new BarrierRound(this.#parties);
      this.#lot = new ParkingLot();
    }
    return this.#round;
  }
}
