import type { Claim, WaitQueue } from "./_wait_queue.ts";

/** A claim to a token in the name of a borrower. */
export interface TokenClaim<B> extends Claim {
  readonly borrower: B;
}

/**
 * The tokens of a capacity limiter and who has them: pure, of no clock and no
 * task (R49).
 *
 * Invariant: while somebody waits, at least `total` tokens are lent.
 *
 * @typeParam B A borrower.
 * @typeParam C Its claim.
 */
export class CapacityState<B, C extends TokenClaim<B>> {
  #total: number;
  readonly #queue: WaitQueue<C>;
  readonly #lent = new Map<B, C>();
  readonly #waiting = new Set<B>();

  constructor(queue: WaitQueue<C>, total: number) {
    this.#queue = queue;
    this.#total = total;
  }

  get total(): number {
    return this.#total;
  }

  /** Changes the total; takes no token away, admits as many as it can. */
  resize(total: number): void {
    this.#total = total;
    this.#admit();
  }

  /** The claims that were granted, in the order of granting. */
  get lent(): ReadonlyMap<B, C> {
    return this.#lent;
  }

  isWaiting(borrower: B): boolean {
    return this.#waiting.has(borrower);
  }

  /** Grants the claim if there is a token; then nobody waits for one. */
  take(claim: C): boolean {
    if (this.#lent.size >= this.#total) return false;
    this.#grant(claim);
    return true;
  }

  /** Takes a token back; `false` if `borrower` has none. */
  release(borrower: B): boolean {
    if (!this.#lent.delete(borrower)) return false;
    this.#admit();
    return true;
  }

  /** Notes that a claim stands in the queue. */
  queued(claim: C): void {
    this.#waiting.add(claim.borrower);
  }

  /** Notes that a claim left the queue without a token. */
  left(claim: C): void {
    this.#waiting.delete(claim.borrower);
  }

  #admit(): void {
    while (this.#lent.size < this.#total) {
      const next = this.#queue.head;
      if (next === undefined) return;
      this.#waiting.delete(next.borrower);
      this.#grant(next);
      this.#queue.wakeHead();
    }
  }

  #grant(claim: C): void {
    this.#lent.set(claim.borrower, claim);
    claim.held = true;
  }
}
