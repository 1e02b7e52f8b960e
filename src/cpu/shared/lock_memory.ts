// A lock between threads. One attempt at a time, never blocking: each side adds
// its own way of waiting.
//
// States: free (owner 0) → held (owner is the holder's number) → free; and from
// held, when the holder has died or gives up, poisoned, until cleared.
//
// This file is bundled into the worker: it imports nothing of ours but shared.

import type { Liveness } from "./liveness.ts";
import {
  type Attempt,
  type Holder,
  NameMark,
  type WaitPoint,
} from "./owner_mark.ts";

const OWNER = 0, WAITERS = 1, POISONED = 2, NAME = 4;

/** Bytes of memory that a lock takes. */
export const LOCK_BYTES = 128;

/** The memory of a lock and the moves on it. */
export class LockMemory {
  readonly #words: Int32Array;
  readonly #liveness: Liveness;
  readonly #name: NameMark;
  #seen = 0;

  constructor(memory: SharedArrayBuffer, liveness: Liveness) {
    this.#words = new Int32Array(memory);
    this.#liveness = liveness;
    this.#name = new NameMark(memory, NAME);
  }

  /** Takes the lock if it is free. */
  attempt(holder: Holder): Attempt {
    const words = this.#words;
    // Terminates: a turn without an answer has poisoned the lock.
    for (;;) {
      if (Atomics.load(words, POISONED) !== 0) return "poisoned";
      const owner = Atomics.compareExchange(words, OWNER, 0, holder.worker);
      if (owner === 0) {
        this.#name.write(holder.task);
        return "done";
      }
      if (this.#liveness.isAlive(owner)) {
        this.#seen = owner;
        return "wait";
      }
      this.#poison(owner);
    }
  }

  /** Where to wait after an attempt said so. */
  get waitPoint(): WaitPoint {
    const words = this.#words;
    return { words, word: OWNER, seen: this.#seen, waiters: WAITERS };
  }

  /** Lets go. Answers `false` where `worker` does not hold the lock. */
  release(worker: number): boolean {
    const words = this.#words;
    if (Atomics.load(words, OWNER) !== worker) return false;
    // Order: a holder killed from here on leaves no name of its own behind.
    this.#name.clear();
    Atomics.store(words, OWNER, 0);
    if (Atomics.load(words, WAITERS) > 0) Atomics.notify(words, OWNER, 1);
    return true;
  }

  /** Who holds the lock, if somebody does. */
  get heldBy(): Holder | undefined {
    const worker = Atomics.load(this.#words, OWNER);
    return worker === 0 ? undefined : { worker, task: this.#name.read() };
  }

  /** Who left the lock poisoned, if it is. */
  get poisonedBy(): Holder | undefined {
    const words = this.#words;
    const owner = Atomics.load(words, OWNER);
    if (owner !== 0 && !this.#liveness.isAlive(owner)) this.#poison(owner);
    const worker = Atomics.load(words, POISONED);
    return worker === 0 ? undefined : { worker, task: this.#name.read() };
  }

  /** Gives up a lock held by `worker` whose task has ended without release. */
  abandon(worker: number): void {
    if (Atomics.load(this.#words, OWNER) === worker) this.#poison(worker);
  }

  /** Makes a poisoned lock free. Answers `false` where it was not poisoned. */
  clearPoison(): boolean {
    const words = this.#words;
    if (this.poisonedBy === undefined) return false;
    Atomics.store(words, OWNER, 0);
    Atomics.store(words, POISONED, 0);
    Atomics.notify(words, OWNER);
    return true;
  }

  #poison(owner: number): void {
    Atomics.compareExchange(this.#words, POISONED, 0, owner);
    Atomics.notify(this.#words, OWNER);
  }
}
