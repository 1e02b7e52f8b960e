import type { SharedHandle } from "./shared/handle.ts";
import { handleOf } from "./shared/loop_wait.ts";
import { CounterMemory } from "./shared/number_memory.ts";

/**
 * A whole number that the loop and workers add to together. Given to a task as
 * an argument it arrives there as the same counter.
 *
 * @example Count on two threads
 * ```ts
 * import { cpuScope, inline, SharedCounter } from "espalier/cpu";
 * import type { SharedCounter as Twin } from "espalier/cpu/worker";
 * import { run } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const count = inline((to: number, counter: Twin) => {
 *   for (let n = 0; n < to; n++) counter.add(1);
 * });
 * const counter = new SharedCounter();
 * await run(cpuScope(function* (cpu) {
 *   const other = cpu.submit(count, 500, counter);
 *   yield* cpu.run(count, 500, counter);
 *   yield* other;
 * }));
 * assert.equal(counter.value, 1000);
 * ```
 */
export class SharedCounter {
  /** What crosses to a worker. */
  readonly $espalierShared: SharedHandle;
  readonly #memory: CounterMemory;

  /**
   * Makes a counter.
   *
   * @param initial What it begins with.
   * @throws {RangeError} If that is not a safe integer.
   */
  constructor(initial: number = 0) {
    const memory = new SharedArrayBuffer(8);
    this.#memory = new CounterMemory(memory);
    this.#memory.set(initial);
    this.$espalierShared = handleOf("counter", "SharedCounter", memory);
  }

  /** The number as it is now. */
  get value(): number {
    return this.#memory.value;
  }

  /**
   * Adds to it in one step.
   *
   * @param by How much.
   * @returns What it was before.
   * @throws {RangeError} If `by` is not a safe integer.
   */
  add(by: number): number {
    return this.#memory.add(by);
  }

  /**
   * Replaces the number.
   *
   * @param to What it is from now on.
   * @throws {RangeError} If that is not a safe integer.
   */
  set(to: number): void {
    this.#memory.set(to);
  }
}
