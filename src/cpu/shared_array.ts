import type { SharedHandle } from "./shared/handle.ts";
import { handleOf } from "./shared/loop_wait.ts";
import { type ArrayKind, ArrayMemory } from "./shared/number_memory.ts";

/**
 * Numbers side by side that the loop and workers read, write and add to. Given
 * to a task as an argument it arrives there as the same array.
 *
 * @example Each thread its part
 * ```ts
 * import { cpuScope, inline, SharedArray } from "espalier/cpu";
 * import type { SharedArray as Twin } from "espalier/cpu/worker";
 * import { run } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const roots = inline((index: number, into: Twin) => {
 *   into.set(index, Math.sqrt(index));
 * });
 * const table = new SharedArray("float64", 3);
 * await run(cpuScope(function* (cpu) {
 *   for (const index of [0, 1, 2]) yield* cpu.run(roots, index, table);
 * }));
 * assert.equal(table.get(1), 1);
 * ```
 */
export class SharedArray {
  /** What crosses to a worker. */
  readonly $espalierShared: SharedHandle;
  readonly #memory: ArrayMemory;

  /**
   * Makes an array of zeros.
   *
   * @param kind What it holds: whole numbers of 32 bits, or any numbers.
   * @param length How many.
   * @throws {RangeError} If the kind is neither, or the length is not an integer
   * of at least 0.
   */
  constructor(kind: ArrayKind, length: number) {
    if (kind !== "int32" && kind !== "float64") {
      throw new RangeError(
        `Cannot make a SharedArray: its kind must be "int32" or "float64": received ${kind}`,
      );
    }
    if (!Number.isSafeInteger(length) || length < 0) {
      throw new RangeError(
        `Cannot make a SharedArray: its length must be an integer of at least 0: received ${length}`,
      );
    }
    const memory = new SharedArrayBuffer(length * (kind === "int32" ? 4 : 8));
    this.#memory = new ArrayMemory(kind, memory);
    this.$espalierShared = handleOf(kind, "SharedArray", memory);
  }

  /** How many numbers. */
  get length(): number {
    return this.#memory.length;
  }

  /**
   * Reads one.
   *
   * @param index Which.
   * @returns What it holds.
   * @throws {RangeError} If there is none at `index`.
   */
  get(index: number): number {
    return this.#memory.get(index);
  }

  /**
   * Writes one.
   *
   * @param index Which.
   * @param to What it holds from now on.
   * @throws {RangeError} If there is none at `index`.
   */
  set(index: number, to: number): void {
    this.#memory.set(index, to);
  }

  /**
   * Adds to one in one step.
   *
   * @param index Which.
   * @param by How much.
   * @returns What it held before.
   * @throws {RangeError} If there is none at `index`.
   */
  add(index: number, by: number): number {
    return this.#memory.add(index, by);
  }
}
