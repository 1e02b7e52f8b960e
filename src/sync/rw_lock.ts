import type * as Effect from "npm:effect@^4.1.0/Effect";
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
import { labelOf } from "./_owner.ts";
import { type Door, RwLockCore } from "./_rw_lock_core.ts";

/** Options for an {@linkcode RwLock}. */
export interface RwLockOptions {
  /** How deadlock reports and error messages call it. */
  readonly name?: string;
}

/**
 * A readers-writer lock at one moment.
 *
 * @example See who reads and who writes
 * ```ts
 * import { RwLock, type RwLockStatistics } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const statistics: RwLockStatistics = new RwLock().statistics();
 * assert.deepEqual(statistics, {
 *   readers: 0,
 *   writer: undefined,
 *   waiting: 0,
 * });
 * ```
 */
export interface RwLockStatistics {
  /** How many tasks read. */
  readonly readers: number;
  /** The task that writes. */
  readonly writer: Task | undefined;
  /** How many wait, to read or to write. */
  readonly waiting: number;
}

/**
 * Lets many tasks read together, or one task write alone.
 *
 * A task has it once: it can neither read twice nor begin to write while it
 * reads, since that would wait for itself.
 *
 * - **Order:** strictly first come, first served. Readers that follow each other
 *   go in together.
 * - **Fairness:** a reader that comes after a waiting writer waits behind it, so
 *   neither side can starve the other.
 * - **Failure:** as for `Lock`: a task that acquires what it has fails with the
 *   defect `TypeError`; a task that ends while it has access breaks the lock,
 *   and whoever waits for it or comes to it fails with the defect
 *   `BrokenResource`.
 *
 * @example Read together, write alone
 * ```ts
 * import { checkpoint, nursery, run, RwLock } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const lock = new RwLock({ name: "prices" });
 * await run(nursery(function* (n) {
 *   for (let i = 0; i < 3; i++) {
 *     n.startSoon(lock.withRead(function* () {
 *       assert.equal(lock.statistics().writer, undefined);
 *       yield* checkpoint;
 *     }));
 *   }
 *   yield* checkpoint;
 *   assert.equal(lock.statistics().readers, 3);
 *   yield* lock.withWrite(async () => {
 *     assert.equal(lock.statistics().readers, 0);
 *   });
 * }));
 * ```
 */
export class RwLock {
  readonly #core: RwLockCore;
  readonly #read: Door;
  readonly #write: Door;

  /**
   * Waits until the current task may read.
   *
   * - **Cancellation:** a checkpoint. A task that is cancelled while it waits
   *   leaves the queue and has nothing; one that was let in before that is in,
   *   and meets the cancellation in its next wait.
   */
  readonly acquireRead: Effect.Effect<void>;

  /**
   * Waits until the current task may write.
   *
   * - **Cancellation:** as for `acquireRead`. Readers that waited behind a
   *   cancelled writer go in there and then.
   */
  readonly acquireWrite: Effect.Effect<void>;

  /**
   * Makes a lock that nobody has.
   *
   * @param options A name.
   */
  constructor(options: RwLockOptions = {}) {
    this.#core = new RwLockCore(labelOf("RwLock", options.name));
    this.#read = this.#core.door("read");
    this.#write = this.#core.door("write");
    this.acquireRead = this.#read.acquire;
    this.acquireWrite = this.#write.acquire;
  }

  /**
   * Lets the current task read if nobody writes and nobody waits.
   *
   * @returns Nothing, or `WouldBlock`.
   * @throws {TypeError} If the current task reads or writes already.
   * @throws {BrokenResource} If a task ended that read or wrote.
   * @throws {NotInRun} Outside a task.
   */
  tryAcquireRead(): Result.Result<void, WouldBlock> {
    return this.#read.tryAcquire();
  }

  /**
   * Lets the current task write if nobody reads or writes and nobody waits.
   *
   * @returns Nothing, or `WouldBlock`.
   * @throws {TypeError} If the current task reads or writes already.
   * @throws {BrokenResource} If a task ended that read or wrote.
   * @throws {NotInRun} Outside a task.
   */
  tryAcquireWrite(): Result.Result<void, WouldBlock> {
    return this.#write.tryAcquire();
  }

  /**
   * Ends the reading of the current task and lets in whom it can.
   *
   * @throws {TypeError} If the current task does not read.
   * @throws {NotInRun} Outside a task.
   */
  releaseRead(): void {
    this.#read.release();
  }

  /**
   * Ends the writing of the current task and lets in whom it can.
   *
   * @throws {TypeError} If the current task does not write.
   * @throws {NotInRun} Outside a task.
   */
  releaseWrite(): void {
    this.#write.release();
  }

  /**
   * Runs `body` while the current task may read.
   *
   * - **Cancellation:** as for `acquireRead`, then as for `body`. The access is
   *   given back however the body ends, and whoever interrupted it.
   *
   * @param body The body.
   * @returns The body's value.
   * @throws {TypeError} If `body` is no body.
   */
  withRead<X extends BodyResult>(
    body: Body0<X>,
  ): Effect.Effect<SuccessOf<X>, ErrorOf<X>, ServicesOf<X>> {
    return this.#read.hold<X>(body);
  }

  /**
   * Runs `body` while the current task may write.
   *
   * - **Cancellation:** as for `acquireWrite`, then as for `body`. The access is
   *   given back however the body ends, and whoever interrupted it.
   *
   * @param body The body.
   * @returns The body's value.
   * @throws {TypeError} If `body` is no body.
   */
  withWrite<X extends BodyResult>(
    body: Body0<X>,
  ): Effect.Effect<SuccessOf<X>, ErrorOf<X>, ServicesOf<X>> {
    return this.#write.hold<X>(body);
  }

  /**
   * Tells who has access and how many wait.
   *
   * @returns A frozen snapshot.
   */
  statistics(): RwLockStatistics {
    const { readers, writer } = this.#core.state;
    return Object.freeze({
      readers: readers.size,
      writer,
      waiting: this.#core.queue.size,
    });
  }
}
