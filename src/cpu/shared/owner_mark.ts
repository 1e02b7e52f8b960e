// Who holds a shared primitive, by worker number and task name, in its memory,
// so that whoever finds it poisoned can say by whom.
//
// This file is bundled into the worker: it imports nothing of ours.

/** A thread and the task that it runs. */
export interface Holder {
  /** The number of the worker, or LOOP_ID. */
  readonly worker: number;
  /** The name of the task. */
  readonly task: string;
}

/** What an attempt at a shared primitive came to. */
export type Attempt = "done" | "wait" | "poisoned";

/** Where to wait after an attempt said so. */
export interface WaitPoint {
  readonly words: Int32Array;
  /** The word to wait at. */
  readonly word: number;
  /** What it held: wait only while it still does. */
  readonly seen: number;
  /** The word that counts those who wait. */
  readonly waiters: number;
}

/**
 * How long to sleep at most before looking again, in milliseconds: whoever
 * would have woken the sleeper may have been killed.
 */
export const WAIT_SLICE = 20;

/** Bytes that a name may take. */
export const NAME_BYTES = 48;

/** A name in shared memory: a word for its length, then its bytes. */
export class NameMark {
  readonly #words: Int32Array;
  readonly #word: number;
  readonly #bytes: Uint8Array;
  readonly #encoder = new TextEncoder();

  constructor(memory: SharedArrayBuffer, word: number) {
    this.#words = new Int32Array(memory);
    this.#word = word;
    this.#bytes = new Uint8Array(memory, (word + 1) * 4, NAME_BYTES);
  }

  /** Writes the name, cut to what fits. */
  write(name: string): void {
    const { written } = this.#encoder.encodeInto(name, this.#bytes);
    Atomics.store(this.#words, this.#word, written);
  }

  /** Reads the name. */
  read(): string {
    const length = Atomics.load(this.#words, this.#word);
    // TextDecoder does not read shared memory.
    return new TextDecoder().decode(this.#bytes.slice(0, length));
  }

  /** Forgets the name. */
  clear(): void {
    Atomics.store(this.#words, this.#word, 0);
  }
}
