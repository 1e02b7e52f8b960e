// One writer, one reader, records of any size in shared memory.
//
// A record is six words (size, what, id, extra, claim, spare) and its payload.
// Records are never split: one that does not fit before the end of the memory
// starts again at its beginning, behind a filler whose size is negative.
//
// States of a record: written (claim 0) → taken by the reader (1), or revoked
// by the writer (2); whichever comes first.
//
// Interrupting the writer anywhere, even by killing its thread, leaves the ring
// whole: only the one store in `commit` makes a record visible, and nothing is
// remembered between calls that is not read back from shared memory.
//
// This file is bundled into the worker: it imports nothing of ours but wire.

import { type PayloadRegion, payloadRegion } from "../../wire/payload.ts";

/** Bytes before the payload of a record. */
export const RECORD_HEADER = 24;

const CLAIM = 4, TAKEN = 1, REVOKED = 2;

/** Where the positions of a ring stand in the control memory. */
export interface RingWords {
  /** The word that only the reader writes. */
  readonly head: number;
  /** The word that only the writer writes. */
  readonly tail: number;
}

/** A ring of records between two threads. */
export class RecordRing {
  /** The memory of the records. */
  readonly region: PayloadRegion;
  /** The largest record, in bytes. */
  readonly largest: number;
  readonly #control: Int32Array;
  readonly #head: number;
  readonly #tail: number;
  readonly #capacity: number;
  /** How far the reader had come when the writer last looked, or before. */
  #seenHead: number;
  /** How far the writer had come when the reader last looked, or before. */
  #seenTail: number;

  /**
   * Opens one end of a ring.
   *
   * @param control The control memory.
   * @param words Which of its words hold the positions.
   * @param memory The records; its size is a power of two.
   */
  constructor(
    control: Int32Array,
    words: RingWords,
    memory: SharedArrayBuffer,
  ) {
    this.region = payloadRegion(memory);
    this.#control = control;
    this.#head = words.head;
    this.#tail = words.tail;
    this.#capacity = memory.byteLength;
    this.#seenHead = this.#seenTail = Atomics.load(control, words.head);
    // A quarter: a filler may waste almost one record, and one more may wait.
    this.largest = memory.byteLength >> 2;
  }

  /** Whether no record waits. */
  get isEmpty(): boolean {
    return Atomics.load(this.#control, this.#head) ===
      Atomics.load(this.#control, this.#tail);
  }

  /** The position behind the newest record. */
  get end(): number {
    return Atomics.load(this.#control, this.#tail);
  }

  /**
   * Finds space for a record of `bytes`.
   *
   * @returns Its offset, or -1 where the reader has to make space first.
   */
  reserve(bytes: number): number {
    const size = align(bytes);
    const tail = Atomics.load(this.#control, this.#tail);
    const offset = this.#offset(tail);
    const filler = this.#filler(offset, size);
    const most = this.#capacity - filler - size;
    // The reader's word is asked for only where there may be no space: it is in
    // the other core's cache.
    if (((tail - this.#seenHead) | 0) > most) {
      this.#seenHead = Atomics.load(this.#control, this.#head);
      if (((tail - this.#seenHead) | 0) > most) return -1;
    }
    return filler > 0 ? 0 : offset;
  }

  /**
   * Makes the record written at `offset` visible to the reader.
   *
   * @param offset What `reserve` answered.
   * @param end The offset behind its payload.
   * @returns The position of the record.
   */
  commit(offset: number, end: number): number {
    const { words } = this.region;
    const size = align(end - offset);
    const tail = Atomics.load(this.#control, this.#tail);
    const at = this.#offset(tail);
    const filler = at === offset ? 0 : this.#capacity - at;
    if (filler > 0) words[at >> 2] = -filler;
    words[offset >> 2] = size;
    words[(offset >> 2) + CLAIM] = 0;
    Atomics.store(this.#control, this.#tail, (tail + filler + size) | 0);
    return (tail + filler) | 0;
  }

  /** The offset of the oldest record, or -1 where there is none. */
  next(): number {
    const { words } = this.region;
    let head = Atomics.load(this.#control, this.#head);
    if (head === this.#seenTail) {
      this.#seenTail = Atomics.load(this.#control, this.#tail);
    }
    // Terminates: a filler is only ever followed by a record.
    while (head !== this.#seenTail) {
      const offset = this.#offset(head);
      const size = words[offset >> 2]!;
      if (size > 0) return offset;
      head = (head - size) | 0;
      Atomics.store(this.#control, this.#head, head);
    }
    return -1;
  }

  /** Takes the record at `offset`, unless the writer revoked it. */
  take(offset: number): boolean {
    const { words } = this.region;
    const claim = (offset >> 2) + CLAIM;
    return Atomics.compareExchange(words, claim, 0, TAKEN) === 0;
  }

  /** Whether the writer took the record at `offset` back. */
  isRevoked(offset: number): boolean {
    const claim = (offset >> 2) + CLAIM;
    return Atomics.load(this.region.words, claim) === REVOKED;
  }

  /** Gives the space of the oldest record back. */
  release(): void {
    const head = Atomics.load(this.#control, this.#head);
    const size = this.region.words[this.#offset(head) >> 2]!;
    Atomics.store(this.#control, this.#head, (head + size) | 0);
  }

  /**
   * Takes a record back, if the reader has not taken it.
   *
   * @param position What `commit` answered.
   * @returns Whether the record will never be taken.
   */
  revoke(position: number): boolean {
    if (this.#passed(position)) return false;
    // The memory is still this record's: only the writer puts another there.
    const claim = (this.#offset(position) >> 2) + CLAIM;
    const { words } = this.region;
    return Atomics.compareExchange(words, claim, 0, REVOKED) === 0;
  }

  /** Whether the reader has taken the record at `position`. */
  isTaken(position: number): boolean {
    if (this.#passed(position)) return true;
    const claim = (this.#offset(position) >> 2) + CLAIM;
    return Atomics.load(this.region.words, claim) === TAKEN;
  }

  #passed(position: number): boolean {
    const head = Atomics.load(this.#control, this.#head);
    return ((head - position) | 0) > 0;
  }

  #offset(position: number): number {
    return position & (this.#capacity - 1);
  }

  /** Bytes to leave unused so that a record of `size` is in one piece. */
  #filler(offset: number, size: number): number {
    return offset + size > this.#capacity ? this.#capacity - offset : 0;
  }
}

function align(bytes: number): number {
  return (bytes + 7) & ~7;
}
