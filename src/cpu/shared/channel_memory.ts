// A bounded channel between threads: items of any size, one after another in
// shared memory, under a short lock. An attempt never blocks but for a few
// turns at that lock; each side adds its own way of waiting.
//
// States: open → closed (no more items go in; those inside still come out), and
// from any, when a thread dies inside the lock, poisoned for good.
//
// This file is bundled into the worker: it imports nothing of ours but wire and
// shared.

import {
  type PayloadRegion,
  payloadRegion,
  PayloadWriter,
  readPayload,
} from "../../wire/payload.ts";
import type { Liveness } from "./liveness.ts";
import { type Holder, NameMark, type WaitPoint } from "./owner_mark.ts";

const GUARD = 0, GUARD_WAITERS = 1, POISONED = 2, CLOSED = 3, CAPACITY = 4;
const HEAD = 5, TAIL = 6, SENT = 7, RECEIVED = 8, NAME = 9;
const SEND_BELL = 24, SENDERS = 25, RECEIVE_BELL = 26, RECEIVERS = 27;
/** Bytes before the items. */
const PREFACE = 128;
/** Turns at a held lock before waiting for it. */
const TURNS = 100;

/** What an attempt at a channel came to. */
export type ChannelAttempt =
  | "done"
  | "wait"
  | "poisoned"
  | "closed"
  | "tooLarge";

/** Makes the memory of a channel for `capacity` items, 0 for a hand-over. */
export function channelMemory(capacity: number): SharedArrayBuffer {
  const wanted = Math.min(Math.max(capacity * 256, 1 << 16), 1 << 22);
  const space = 2 ** Math.ceil(Math.log2(wanted));
  const memory = new SharedArrayBuffer(PREFACE + space);
  new Int32Array(memory)[CAPACITY] = capacity;
  return memory;
}

/** The memory of a channel and the moves on it. */
export class ChannelMemory {
  readonly #region: PayloadRegion;
  readonly #words: Int32Array;
  readonly #liveness: Liveness;
  readonly #name: NameMark;
  readonly #payload = new PayloadWriter();
  readonly #space: number;
  #wait: { word: number; seen: number; waiters: number };
  #value: unknown;
  #newest = 0;

  constructor(memory: SharedArrayBuffer, liveness: Liveness) {
    this.#region = payloadRegion(memory);
    this.#words = this.#region.words;
    this.#liveness = liveness;
    this.#name = new NameMark(memory, NAME);
    this.#space = memory.byteLength - PREFACE;
    this.#wait = { word: GUARD, seen: 0, waiters: GUARD_WAITERS };
  }

  /** How many items it holds before a sender waits. */
  get capacity(): number {
    return this.#words[CAPACITY]!;
  }

  /** How many items wait. */
  get size(): number {
    return (Atomics.load(this.#words, SENT) -
      Atomics.load(this.#words, RECEIVED)) | 0;
  }

  /** Whether no more items go in. */
  get isClosed(): boolean {
    return Atomics.load(this.#words, CLOSED) !== 0;
  }

  /** Who died with the channel in its hands, if somebody did. */
  get poisonedBy(): Holder | undefined {
    const guard = Atomics.load(this.#words, GUARD);
    if (guard !== 0 && !this.#liveness.isAlive(guard)) this.#poison(guard);
    const worker = Atomics.load(this.#words, POISONED);
    return worker === 0 ? undefined : { worker, task: this.#name.read() };
  }

  /** Where to wait after an attempt said so. */
  get waitPoint(): WaitPoint {
    return { words: this.#words, ...this.#wait };
  }

  /** What the last successful `receive` took. Reading it forgets it. */
  takeValue(): unknown {
    const value = this.#value;
    this.#value = undefined;
    return value;
  }

  /**
   * Puts one item in.
   *
   * With capacity 0 the item is then on offer: see `isReceived`.
   */
  send(holder: Holder, value: unknown): ChannelAttempt {
    const bytes = 8 + this.#payload.measure([value], true);
    if (bytes < 8 || bytes > this.#space >> 1) return "tooLarge";
    const entered = this.#enter(holder);
    if (entered !== "done") return entered;
    const words = this.#words;
    if (words[CLOSED] !== 0) return this.#leave("closed");
    const at = this.#spaceFor(bytes);
    const full = this.size >= Math.max(1, this.capacity);
    if (full || at < 0) return this.#leaveToWait(SEND_BELL, SENDERS);
    const tail = words[TAIL]!;
    const start = tail & (this.#space - 1);
    if (at !== start) words[(PREFACE + start) >> 2] = -(this.#space - start);
    const end = this.#payload.write(this.#region, PREFACE + at + 8);
    const size = end - PREFACE - at;
    words[(PREFACE + at) >> 2] = size;
    words[TAIL] = (tail + (at !== start ? this.#space - start : 0) + size) | 0;
    this.#newest = (words[SENT]! + 1) | 0;
    Atomics.store(words, SENT, this.#newest);
    this.#ring(RECEIVE_BELL, RECEIVERS);
    return this.#leave("done");
  }

  /** Takes the oldest item out; `takeValue` has it then. */
  receive(holder: Holder): ChannelAttempt {
    const entered = this.#enter(holder);
    if (entered !== "done") return entered;
    const words = this.#words;
    if (this.size === 0) {
      return words[CLOSED] !== 0
        ? this.#leave("closed")
        : this.#leaveToWait(RECEIVE_BELL, RECEIVERS);
    }
    let head = words[HEAD]!;
    let at = PREFACE + (head & (this.#space - 1));
    if (words[at >> 2]! < 0) {
      head = (head - words[at >> 2]!) | 0;
      at = PREFACE + (head & (this.#space - 1));
    }
    this.#value = readPayload(this.#region, at + 8, 1)[0];
    words[HEAD] = (head + words[at >> 2]!) | 0;
    Atomics.store(words, RECEIVED, (words[RECEIVED]! + 1) | 0);
    this.#ring(SEND_BELL, SENDERS);
    return this.#leave("done");
  }

  /** The number of the item that `send` put in: `isReceived` asks for it. */
  get newest(): number {
    return this.#newest;
  }

  /** Whether item number `item` was taken; if not, says where to wait. */
  isReceived(item: number): boolean {
    const seen = Atomics.load(this.#words, SEND_BELL);
    this.#wait = { word: SEND_BELL, seen, waiters: SENDERS };
    return ((Atomics.load(this.#words, RECEIVED) - item) | 0) >= 0;
  }

  /** Closes the channel. Closing twice is fine. */
  close(): void {
    Atomics.store(this.#words, CLOSED, 1);
    this.#ring(SEND_BELL, SENDERS);
    this.#ring(RECEIVE_BELL, RECEIVERS);
  }

  #enter(holder: Holder): ChannelAttempt {
    const words = this.#words;
    for (let turn = 0;; turn++) {
      if (Atomics.load(words, POISONED) !== 0) return "poisoned";
      const owner = Atomics.compareExchange(words, GUARD, 0, holder.worker);
      if (owner === 0) break;
      if (!this.#liveness.isAlive(owner)) this.#poison(owner);
      else if (turn >= TURNS) {
        this.#wait = { word: GUARD, seen: owner, waiters: GUARD_WAITERS };
        return "wait";
      } else Atomics.pause();
    }
    this.#name.write(holder.task);
    return "done";
  }

  #leave(answer: ChannelAttempt): ChannelAttempt {
    const words = this.#words;
    this.#name.clear();
    Atomics.store(words, GUARD, 0);
    if (Atomics.load(words, GUARD_WAITERS) > 0) {
      Atomics.notify(words, GUARD, 1);
    }
    return answer;
  }

  #leaveToWait(word: number, waiters: number): ChannelAttempt {
    // Invariant: read inside the lock, so a move made after it rings the bell
    // and ends the wait at once.
    const seen = Atomics.load(this.#words, word);
    this.#wait = { word, seen, waiters };
    return this.#leave("wait");
  }

  #ring(bell: number, waiters: number): void {
    const words = this.#words;
    Atomics.add(words, bell, 1);
    if (Atomics.load(words, waiters) > 0) Atomics.notify(words, bell);
  }

  /** Where an item of `bytes` fits in one piece, or -1. */
  #spaceFor(bytes: number): number {
    const words = this.#words;
    const used = (words[TAIL]! - words[HEAD]!) | 0;
    const start = words[TAIL]! & (this.#space - 1);
    const filler = start + bytes > this.#space ? this.#space - start : 0;
    if (used + filler + bytes > this.#space) return -1;
    return filler > 0 ? 0 : start;
  }

  #poison(owner: number): void {
    const words = this.#words;
    Atomics.compareExchange(words, POISONED, 0, owner);
    for (const word of [GUARD, SEND_BELL, RECEIVE_BELL]) {
      Atomics.notify(words, word);
    }
  }
}
