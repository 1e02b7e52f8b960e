import type * as Effect from "npm:effect@^4.1.0/Effect";
import * as Exit from "npm:effect@^4.1.0/Exit";
import type { Poisoned } from "./errors.ts";
import type { SharedHandle } from "./shared/handle.ts";
import { LOOP_ID } from "./shared/liveness.ts";
import {
  handleOf,
  loopHolder,
  poisoned,
  waitShared,
} from "./shared/loop_wait.ts";
import { processLiveness } from "./shared/process_liveness.ts";
import { SEMAPHORE_BYTES, SemaphoreMemory } from "./shared/semaphore_memory.ts";

const NAME = "SharedSemaphore";

/**
 * A counting semaphore between the loop and workers. Given to a task as an
 * argument it arrives there as the same semaphore.
 *
 * - **Failure:** where a task was stopped that held a permit, every wait fails
 *   with `Poisoned`. A permit that a task took and kept to its end is spent.
 *
 * @example As many as there is memory for
 * ```ts
 * import { cpuScope, inline, SharedSemaphore } from "espalier/cpu";
 * import type { SharedSemaphore as Twin } from "espalier/cpu/worker";
 * import { run } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const render = inline((memory: Twin) => memory.withPermit(() => "drawn"));
 * const memory = new SharedSemaphore(2);
 * assert.equal(await run(cpuScope((cpu) => cpu.run(render, memory))), "drawn");
 * assert.equal(memory.value, 2);
 * ```
 */
export class SharedSemaphore {
  /** What crosses to a worker. */
  readonly $espalierShared: SharedHandle;
  readonly #memory: SemaphoreMemory;

  /**
   * Makes a semaphore.
   *
   * @param permits How many permits there are.
   * @throws {RangeError} If that is not an integer of at least 0.
   */
  constructor(permits: number) {
    if (!Number.isInteger(permits) || permits < 0 || permits > 0x7fffffff) {
      throw new RangeError(
        `Cannot make a SharedSemaphore: its permits must be an integer of at least 0: received ${permits}`,
      );
    }
    const memory = new SharedArrayBuffer(SEMAPHORE_BYTES);
    this.#memory = new SemaphoreMemory(memory, processLiveness(), permits);
    this.$espalierShared = handleOf("semaphore", NAME, memory);
  }

  /**
   * Waits for a permit and takes it.
   *
   * - **Cancellation:** a checkpoint; a wait that is cancelled has taken none.
   */
  get acquire(): Effect.Effect<void, Poisoned> {
    return waitShared<void, Poisoned>(NAME, () => {
      switch (this.#memory.attempt(loopHolder())) {
        case "done":
          return { result: Exit.void, lost: () => this.release() };
        case "poisoned":
          return { result: poisoned(NAME, this.#memory.poisonedBy) };
        case "wait":
          return this.#memory.waitPoint;
      }
    });
  }

  /** Gives a permit back, or a new one: it need not have been taken here. */
  release(): void {
    this.#memory.release(LOOP_ID);
  }

  /** How many permits are free. */
  get value(): number {
    return this.#memory.value;
  }
}
