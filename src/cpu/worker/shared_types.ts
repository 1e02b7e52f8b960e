// What the shared primitives look like inside a worker, as types.

declare const side: unique symbol;

/**
 * A whole number that threads add to together, inside a worker.
 *
 * @example Count what was done
 * ```ts
 * import type { SharedCounter } from "espalier/cpu/worker";
 * import assert from "node:assert/strict";
 *
 * // A task of a module of its own; the loop calls it with a SharedCounter.
 * function parseAll(lines: readonly string[], done: SharedCounter): void {
 *   for (const line of lines) {
 *     JSON.parse(line);
 *     done.add(1);
 *   }
 * }
 * assert.equal(parseAll.length, 2);
 * ```
 */
export interface SharedCounter {
  /** Marks the type. */
  readonly [side]: "counter";
  /** The number as it is now. */
  readonly value: number;
  /** Adds to it in one step, and answers what it was before. */
  add(by: number): number;
  /** Replaces it. */
  set(to: number): void;
}

/**
 * Numbers side by side that threads share, inside a worker.
 *
 * @example Add up in place
 * ```ts
 * import type { SharedArray } from "espalier/cpu/worker";
 * import assert from "node:assert/strict";
 *
 * function histogram(bytes: Uint8Array, counts: SharedArray): void {
 *   for (const byte of bytes) counts.add(byte, 1);
 * }
 * assert.equal(histogram.length, 2);
 * ```
 */
export interface SharedArray {
  /** Marks the type. */
  readonly [side]: "array";
  /** How many numbers. */
  readonly length: number;
  /** Reads one. */
  get(index: number): number;
  /** Writes one. */
  set(index: number, to: number): void;
  /** Adds to one in one step, and answers what it held before. */
  add(index: number, by: number): number;
}

/**
 * A lock between threads, inside a worker. What waits blocks the worker.
 *
 * @example Change two numbers as one
 * ```ts
 * import type { SharedLock } from "espalier/cpu/worker";
 * import assert from "node:assert/strict";
 *
 * function transfer(lock: SharedLock, accounts: Float64Array): void {
 *   lock.withLock(() => {
 *     accounts[0]! -= 5;
 *     accounts[1]! += 5;
 *   });
 * }
 * assert.equal(transfer.length, 2);
 * ```
 */
export interface SharedLock {
  /** Marks the type. */
  readonly [side]: "lock";
  /** Waits for the lock and takes it. */
  acquire(): void;
  /** Takes the lock if it is free. */
  tryAcquire(): boolean;
  /** Lets go. */
  release(): void;
  /** Holds the lock while `body` runs. */
  withLock<A>(body: () => A): A;
  /** Whether a holder was stopped before it let go. */
  readonly poisoned: boolean;
}

/**
 * A counting semaphore between threads, inside a worker.
 *
 * @example At most so many at once
 * ```ts
 * import type { SharedSemaphore } from "espalier/cpu/worker";
 * import assert from "node:assert/strict";
 *
 * function compress(file: Uint8Array, memory: SharedSemaphore): number {
 *   return memory.withPermit(() => file.length);
 * }
 * assert.equal(compress.length, 2);
 * ```
 */
export interface SharedSemaphore {
  /** Marks the type. */
  readonly [side]: "semaphore";
  /** Waits for a permit and takes it. */
  acquire(): void;
  /** Takes a permit if one is free. */
  tryAcquire(): boolean;
  /** Gives a permit back. */
  release(): void;
  /** Holds a permit while `body` runs. */
  withPermit<A>(body: () => A): A;
}

/**
 * A channel between threads, inside a worker. What waits blocks the worker.
 *
 * @example Take until it ends
 * ```ts
 * import type { SharedChannel } from "espalier/cpu/worker";
 * import assert from "node:assert/strict";
 *
 * function consume(jobs: SharedChannel<string>): number {
 *   let taken = 0;
 *   try {
 *     for (;;) taken += jobs.receive().length;
 *   } catch (error) {
 *     if ((error as Error).name !== "EndOfChannel") throw error;
 *   }
 *   return taken;
 * }
 * assert.equal(consume.length, 1);
 * ```
 */
export interface SharedChannel<T> {
  /** Marks the type. */
  readonly [side]: "channel";
  /** Marks the type of an item. */
  readonly _T: T;
  /** Waits for space and puts an item in. */
  send(value: T): void;
  /** Waits for an item and takes it out. */
  receive(): T;
  /** Lets no more items in. */
  close(): void;
}
