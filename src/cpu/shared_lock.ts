import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Exit from "npm:effect@^4.1.0/Exit";
import type {
  Body0,
  ErrorOf,
  Result,
  ServicesOf,
  SuccessOf,
} from "../core/body.ts";
import { effectOfHere } from "../core/body_here.ts";
import { Poisoned } from "./errors.ts";
import type { SharedHandle } from "./shared/handle.ts";
import { LOOP_ID } from "./shared/liveness.ts";
import { LOCK_BYTES, LockMemory } from "./shared/lock_memory.ts";
import {
  handleOf,
  loopHolder,
  poisoned,
  waitShared,
} from "./shared/loop_wait.ts";
import { processLiveness } from "./shared/process_liveness.ts";

const NAME = "SharedLock";

/**
 * A lock between the loop and workers. Given to a task as an argument it arrives
 * there as the same lock, which blocks its thread while it waits; the loop is
 * never blocked.
 *
 * - **Order:** whoever finds it free has it: first come, first served among
 *   those who wait, but a newcomer may come first.
 * - **Failure:** where a holder was stopped before it let go, every use fails
 *   with `Poisoned` until `clearPoison`: what it guards may be half changed.
 *
 * @example Two numbers that belong together
 * ```ts
 * import { cpuScope, inline, SharedArray, SharedLock } from "espalier/cpu";
 * import type * as Twin from "espalier/cpu/worker";
 * import { run } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * const transfer = inline((lock: Twin.SharedLock, of: Twin.SharedArray) =>
 *   lock.withLock(() => {
 *     of.set(0, of.get(0) - 5);
 *     of.set(1, of.get(1) + 5);
 *   })
 * );
 * const lock = new SharedLock();
 * const accounts = new SharedArray("int32", 2);
 * const sum = await run(cpuScope(function* (cpu) {
 *   yield* cpu.run(transfer, lock, accounts);
 *   return yield* lock.withLock(
 *     Effect.sync(() => accounts.get(0) + accounts.get(1)),
 *   );
 * }));
 * assert.equal(sum, 0);
 * ```
 */
export class SharedLock {
  /** What crosses to a worker. */
  readonly $espalierShared: SharedHandle;
  readonly #memory: LockMemory;

  /** Makes a lock that is free. */
  constructor() {
    const memory = new SharedArrayBuffer(LOCK_BYTES);
    this.#memory = new LockMemory(memory, processLiveness());
    this.$espalierShared = handleOf("lock", NAME, memory);
  }

  /**
   * Waits for the lock and takes it.
   *
   * - **Cancellation:** a checkpoint; a wait that is cancelled has not taken it.
   */
  get acquire(): Effect.Effect<void, Poisoned> {
    return waitShared<void, Poisoned>(NAME, () => {
      switch (this.#memory.attempt(loopHolder())) {
        case "done":
          return { result: Exit.void, lost: () => void this.#letGo() };
        case "poisoned":
          return { result: poisoned(NAME, this.#memory.poisonedBy) };
        case "wait":
          return this.#memory.waitPoint;
      }
    });
  }

  /**
   * Takes the lock if it is free.
   *
   * @returns Whether it was.
   * @throws {Poisoned} If a holder was stopped.
   */
  tryAcquire(): boolean {
    const attempt = this.#memory.attempt(loopHolder());
    if (attempt !== "poisoned") return attempt === "done";
    const by = this.#memory.poisonedBy;
    throw new Poisoned(NAME, by?.worker ?? 0, by?.task ?? "");
  }

  /**
   * Lets go.
   *
   * @throws {Error} If the loop does not hold it.
   */
  release(): void {
    if (this.#letGo()) return;
    throw new Error(`Cannot release ${NAME}: the loop does not hold it`);
  }

  /**
   * Holds the lock while `body` runs.
   *
   * - **Cancellation:** as for `acquire`, then as for `body`; it is let go
   *   however the body ends.
   *
   * @param body The body.
   * @returns The body's value.
   */
  withLock<X extends Result>(
    body: Body0<X>,
  ): Effect.Effect<SuccessOf<X>, ErrorOf<X> | Poisoned, ServicesOf<X>> {
    return Effect.acquireUseRelease(
      Effect.interruptible(this.acquire),
      () => effectOfHere<X>(body as never),
      () => Effect.sync(() => this.release()),
    );
  }

  /** Whether a holder was stopped before it let go. */
  get poisoned(): boolean {
    return this.#memory.poisonedBy !== undefined;
  }

  /** Makes a poisoned lock free: what it guards has been mended. */
  clearPoison(): void {
    this.#memory.clearPoison();
  }

  #letGo(): boolean {
    return this.#memory.release(LOOP_ID);
  }
}
