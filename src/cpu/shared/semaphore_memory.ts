// A counting semaphore between threads. Beside its value it keeps a table of
// which worker's running task holds how many permits, so that the death of one
// that holds some can be noticed; permits that a task has not given back by its
// end are spent, not lost.
//
// This file is bundled into the worker: it imports nothing of ours but shared.

import { type Liveness, LOOP_ID } from "./liveness.ts";
import {
  type Attempt,
  type Holder,
  NAME_BYTES,
  NameMark,
  type WaitPoint,
} from "./owner_mark.ts";

const VALUE = 0, WAITERS = 1, POISONED = 2, DEATHS_SEEN = 3, NAME = 4;
const TABLE = 32, ENTRIES = 128;
/** Words of an entry: worker, permits, name. */
const WORKER = 0, PERMITS = 1, ENTRY_NAME = 2;
const ENTRY_WORDS = 3 + NAME_BYTES / 4;

/** Bytes of memory that a semaphore takes. */
export const SEMAPHORE_BYTES = (TABLE + ENTRIES * ENTRY_WORDS) * 4;

/** The memory of a semaphore and the moves on it. */
export class SemaphoreMemory {
  readonly #memory: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #liveness: Liveness;

  /** Opens the semaphore in `memory`, with `permits` more than it has. */
  constructor(
    memory: SharedArrayBuffer,
    liveness: Liveness,
    permits: number = 0,
  ) {
    this.#memory = memory;
    this.#words = new Int32Array(memory);
    this.#liveness = liveness;
    if (permits > 0) Atomics.add(this.#words, VALUE, permits);
  }

  /** How many permits are free. */
  get value(): number {
    return Atomics.load(this.#words, VALUE);
  }

  /** Takes a permit if one is free. */
  attempt(holder: Holder): Attempt {
    const words = this.#words;
    if (this.poisonedBy !== undefined) return "poisoned";
    // Order: the entry first. Killed in between, a worker seems to hold a
    // permit that it does not: poisoned once too often, never too seldom.
    const entry = this.#entry(holder);
    if (entry >= 0) Atomics.add(words, entry + PERMITS, 1);
    for (;;) {
      const value = Atomics.load(words, VALUE);
      if (value <= 0) break;
      const found = Atomics.compareExchange(words, VALUE, value, value - 1);
      if (found === value) return "done";
    }
    if (entry >= 0) Atomics.sub(words, entry + PERMITS, 1);
    return "wait";
  }

  /** Where to wait after an attempt said so. */
  get waitPoint(): WaitPoint {
    return { words: this.#words, word: VALUE, seen: 0, waiters: WAITERS };
  }

  /** Gives a permit back, or a new one: it need not have been taken here. */
  release(worker: number): void {
    const words = this.#words;
    Atomics.add(words, VALUE, 1);
    const entry = this.#find(worker);
    if (entry >= 0 && Atomics.load(words, entry + PERMITS) > 0) {
      Atomics.sub(words, entry + PERMITS, 1);
    }
    if (Atomics.load(words, WAITERS) > 0) Atomics.notify(words, VALUE, 1);
  }

  /** Forgets what the ended task of `worker` took and did not give back. */
  forget(worker: number): void {
    const entry = this.#find(worker);
    if (entry < 0) return;
    Atomics.store(this.#words, entry + PERMITS, 0);
    Atomics.store(this.#words, entry + WORKER, 0);
  }

  /** Poisons where the task of `worker`, stopped midway, holds a permit. */
  abandon(worker: number): void {
    const entry = this.#find(worker);
    if (entry < 0) return;
    if (Atomics.load(this.#words, entry + PERMITS) > 0) this.#poison(entry);
    this.forget(worker);
  }

  /** Who died with a permit, if somebody did. */
  get poisonedBy(): Holder | undefined {
    const words = this.#words;
    const deaths = this.#liveness.deaths;
    if (Atomics.load(words, DEATHS_SEEN) !== deaths) this.#bury(deaths);
    const worker = Atomics.load(words, POISONED);
    if (worker === 0) return undefined;
    return { worker, task: new NameMark(this.#memory, NAME).read() };
  }

  /** Looks for the permits of the dead. */
  #bury(deaths: number): void {
    const words = this.#words;
    for (let index = 0; index < ENTRIES; index++) {
      const entry = TABLE + index * ENTRY_WORDS;
      const worker = Atomics.load(words, entry + WORKER);
      if (worker === 0 || this.#liveness.isAlive(worker)) continue;
      if (Atomics.load(words, entry + PERMITS) > 0) this.#poison(entry);
      Atomics.store(words, entry + PERMITS, 0);
      Atomics.compareExchange(words, entry + WORKER, worker, 0);
    }
    // Order: last, so that a reader who finds it up to date finds the poison.
    Atomics.store(words, DEATHS_SEEN, deaths);
  }

  #poison(entry: number): void {
    const words = this.#words;
    const worker = Atomics.load(words, entry + WORKER);
    if (Atomics.compareExchange(words, POISONED, 0, worker) === 0) {
      const name = new NameMark(this.#memory, entry + ENTRY_NAME).read();
      new NameMark(this.#memory, NAME).write(name);
    }
    Atomics.notify(words, VALUE);
  }

  /** The entry of a worker, made where there is none; -1 where none is kept. */
  #entry({ worker, task }: Holder): number {
    if (worker === LOOP_ID) return -1;
    const known = this.#find(worker);
    if (known >= 0) return known;
    for (let index = 0; index < ENTRIES; index++) {
      const entry = entryAt(worker + index);
      const before = Atomics.compareExchange(this.#words, entry, 0, worker);
      if (before !== 0) continue;
      new NameMark(this.#memory, entry + ENTRY_NAME).write(task);
      return entry;
    }
    return -1;
  }

  #find(worker: number): number {
    if (worker === LOOP_ID) return -1;
    for (let index = 0; index < ENTRIES; index++) {
      const entry = entryAt(worker + index);
      if (Atomics.load(this.#words, entry + WORKER) === worker) return entry;
    }
    return -1;
  }
}

function entryAt(index: number): number {
  return TABLE + (index & (ENTRIES - 1)) * ENTRY_WORDS;
}
