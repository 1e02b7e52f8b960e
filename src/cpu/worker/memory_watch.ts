// Notices that the heap has reached its limit. The platform raises the limit a
// little and stops whatever code was running; in code that a timer or an answer
// of the platform started it does so without a word, and the task stands still.

import { getHeapStatistics } from "node:v8";

/** How often to look while a task waits, in milliseconds. */
const INTERVAL = 50;

/** Looks whether the limit of this thread's heap was raised. */
export class MemoryWatch {
  readonly #limit = getHeapStatistics().heap_size_limit;
  readonly #onLimit: () => void;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(onLimit: () => void) {
    this.#onLimit = onLimit;
  }

  /** Looks now and then from here on: the task waits. */
  start(): void {
    this.#timer ??= setInterval(() => this.look(), INTERVAL);
  }

  /** Looks no more. */
  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.look();
  }

  /** Looks once. */
  look(): void {
    if (getHeapStatistics().heap_size_limit > this.#limit) this.#onLimit();
  }
}
