import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Exit from "npm:effect@^4.1.0/Exit";
import {
  attemptOrWait,
  checkpointIfCancelled,
  type Granted,
  shieldedCheckpoint,
} from "../core/checkpoint.ts";
import { inWords } from "../core/in_words.ts";
import { ParkingLot } from "../core/parking_lot.ts";
import type { Settle } from "../core/suspend_task.ts";
import type { AnyTask } from "../core/task.ts";
import { checkCapacity } from "./_capacity.ts";
import { enterOrDie } from "./_claim_queue.ts";
import { ConditionWaiter } from "./_condition_waiter.ts";
import type { LockCore } from "./_lock_core.ts";
import { labelOf, ownTask } from "./_owner.ts";
import { coreOf, Lock } from "./lock.ts";

/** Options for a {@linkcode Condition}. */
export interface ConditionOptions {
  /** How deadlock reports and error messages call it. */
  readonly name?: string;
}

/**
 * A condition at one moment.
 *
 * @example Count who waits for a notification
 * ```ts
 * import { Condition, type ConditionStatistics } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const statistics: ConditionStatistics = new Condition().statistics();
 * assert.deepEqual(statistics, { waiting: 0 });
 * ```
 */
export interface ConditionStatistics {
  /** How many wait and have not been notified. */
  readonly waiting: number;
}

/**
 * Lets the owner of a lock wait until another owner says that something has
 * changed.
 *
 * `wait` gives the lock away and has it again when it ends, however it ends. Use
 * `waitFor`, which looks again after every notification: between the
 * notification and the waiter's turn others may have owned the lock.
 *
 * - **Order:** first come, first served. A notification moves the longest waiter
 *   to the end of the queue of the lock.
 * - **Failure:** waiting or notifying without the lock is a mistake, a
 *   `TypeError`; a lock that is broken ends every wait with the defect
 *   `BrokenResource`.
 *
 * @example Wait until there is something to eat
 * ```ts
 * import { Condition, nursery, run } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * const filled = new Condition();
 * const table: string[] = [];
 * const eat = filled.lock.withLock(function* () {
 *   yield* filled.waitFor(() => table.length > 0);
 *   return table.pop();
 * });
 * const cook = filled.lock.withLock(Effect.sync(() => {
 *   table.push("soup");
 *   filled.notify();
 * }));
 * const meal = nursery(function* (n) {
 *   const eaten = n.startSoon(eat);
 *   n.startSoon(cook);
 *   return yield* eaten;
 * });
 * assert.equal(await run(meal), "soup");
 * ```
 */
export class Condition {
  /** The lock that guards what the condition is about. */
  readonly lock: Lock;
  readonly #core: LockCore;
  readonly #label: string;
  readonly #lot = new ParkingLot();

  /**
   * Makes a condition.
   *
   * @param lock The lock; a new one by default.
   * @param options A name.
   * @throws {TypeError} If `lock` is something else.
   */
  constructor(lock?: Lock, options: ConditionOptions = {}) {
    if (lock !== undefined && !(lock instanceof Lock)) {
      throw new TypeError(
        `Cannot make a Condition: it takes a Lock: received ${inWords(lock)}`,
      );
    }
    this.lock = lock ?? new Lock(options);
    this.#core = coreOf(this.lock);
    this.#label = labelOf("Condition", options.name);
  }

  /**
   * Gives the lock away, waits for a notification, and for the lock.
   *
   * - **Cancellation:** a checkpoint. A task that is cancelled before it is
   *   notified has the lock again before the cancellation goes on, however long
   *   that takes. One that is cancelled after that returns, and meets the
   *   cancellation in its next wait: no notification is lost. Where one of
   *   Effect's operators interrupts a waiter that was notified, the next waiter
   *   is notified in its place.
   */
  readonly wait: Effect.Effect<void> = Effect.suspend(() => {
    const owner = ownTask("wait for", this.#label);
    const waiter = new ConditionWaiter(owner, this.#core);
    return Effect.onInterrupt(
      attemptOrWait<void, never>(
        { label: this.#label, holders: () => waiter.holders() },
        () => this.#refuse(owner),
        (settle) => this.#join(settle, waiter),
      ),
      () => this.#passOn(waiter),
    );
  });

  /**
   * Waits until `predicate` is true, looking now and after every notification.
   *
   * - **Cancellation:** as for `wait`; a checkpoint also where `predicate` is
   *   true at once.
   *
   * @param predicate Looks at what the lock guards; called with the lock held.
   * @returns An Effect that waits.
   * @throws {TypeError} If `predicate` is no function.
   */
  waitFor(predicate: () => boolean): Effect.Effect<void> {
    if (typeof predicate !== "function") {
      throw new TypeError(
        `Cannot wait for ${this.#label}: it takes a function that answers ` +
          `whether to go on: received ${inWords(predicate)}`,
      );
    }
    const again: Effect.Effect<void> = Effect.flatMap(
      this.wait,
      () => predicate() ? Effect.void : again,
    );
    return Effect.flatMap(checkpointIfCancelled, () => {
      this.#checkOwner("wait for");
      return predicate() ? shieldedCheckpoint : again;
    });
  }

  /**
   * Lets the longest waiters go on as soon as they get the lock; those that are
   * not there yet hear nothing of it.
   *
   * @param count How many at most; 1 by default.
   * @throws {RangeError} If `count` is not an integer of at least 0 or Infinity.
   * @throws {TypeError} If the current task does not own the lock.
   * @throws {NotInRun} Outside a task.
   */
  notify(count = 1): void {
    checkCapacity(count, "count", `notify ${this.#label}`);
    this.#checkOwner("notify");
    this.#notify(count);
  }

  /**
   * Notifies everybody who waits now.
   *
   * @throws {TypeError} If the current task does not own the lock.
   * @throws {NotInRun} Outside a task.
   */
  notifyAll(): void {
    this.notify(Infinity);
  }

  /**
   * Counts who waits for a notification.
   *
   * @returns A frozen snapshot.
   */
  statistics(): ConditionStatistics {
    return Object.freeze({ waiting: this.#lot.size });
  }

  #refuse(owner: AnyTask): Granted<void, never> | undefined {
    const error = this.#whyNot("wait for", owner);
    return error === undefined ? undefined : { result: Exit.die(error) };
  }

  #checkOwner(verb: string): void {
    const error = this.#whyNot(verb, ownTask(verb, this.#label));
    if (error !== undefined) throw error;
  }

  #whyNot(verb: string, task: AnyTask): Error | undefined {
    return this.#core.isHeldBy(task) ? undefined : new TypeError(
      `Cannot ${verb} ${this.#label}: task "${task.path}" ` +
        `does not hold ${this.#core.label}`,
    );
  }

  #join(
    settle: Settle<void, never>,
    waiter: ConditionWaiter,
  ): () => "aborted" | "tooLate" {
    const leave = enterOrDie(this.#lot, settle, {
      payload: waiter,
      subject: { label: this.#label },
    });
    this.#core.addDependant(this.#lot);
    waiter.gaveLockAway = true;
    this.#core.release(waiter.owner);
    return () => {
      // It stands in the queue of the lock and has to go through with it.
      if (waiter.notified) return "tooLate";
      const verdict = leave();
      this.#tidy();
      return verdict;
    };
  }

  /** An interrupted waiter keeps the lock and no notification. */
  #passOn(waiter: ConditionWaiter): Effect.Effect<void> {
    if (waiter.notified && waiter.held) this.#notify(1);
    return waiter.takeLockAgain();
  }

  #notify(count: number): void {
    let left = count;
    for (const waiter of this.#lot.payloads()) {
      if (left-- === 0) break;
      (waiter as ConditionWaiter).notified = true;
    }
    this.#lot.repark(this.#core.queue.lot, count);
    this.#tidy();
  }

  #tidy(): void {
    if (this.#lot.size === 0) this.#core.removeDependant(this.#lot);
  }
}
