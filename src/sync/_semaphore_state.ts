import type { Claim, WaitQueue } from "./_wait_queue.ts";

/**
 * The permits of a semaphore: pure, of no clock and no task.
 *
 * Invariant: while somebody waits there is no permit (R48).
 */
export class SemaphoreState {
  value: number;
  readonly max: number;
  readonly #queue: WaitQueue<Claim>;

  constructor(queue: WaitQueue<Claim>, value: number, max: number) {
    this.#queue = queue;
    this.value = value;
    this.max = max;
  }

  /** Grants the claim if there is a permit. */
  take(claim: Claim): boolean {
    if (this.value === 0) return false;
    this.value--;
    claim.held = true;
    return true;
  }

  /** Hands a permit to whoever waits longest; `false` if there are `max`. */
  release(): boolean {
    const next = this.#queue.head;
    if (next !== undefined) {
      next.held = true;
      this.#queue.wakeHead();
      return true;
    }
    if (this.value === this.max) return false;
    this.value++;
    return true;
  }
}
