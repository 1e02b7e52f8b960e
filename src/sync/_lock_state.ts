import type { Claim, WaitQueue } from "./_wait_queue.ts";

/** A claim to be the owner. */
export interface LockClaim<T> extends Claim {
  readonly owner: T;
}

/**
 * Who owns a lock (R47): pure, of no clock and no task.
 *
 * ```
 * free ──take──▶ owned ──release──▶ free            nobody waits
 *                  │ └───release──▶ owned           by the head of the queue
 *                  └──breakBy──▶ broken             for ever
 * ```
 *
 * Invariant: while it is free nobody waits.
 *
 * @typeParam T An owner.
 */
export class LockState<T> {
  owner: T | undefined = undefined;
  /** The owner that ended without releasing. */
  brokenBy: T | undefined = undefined;
  readonly #queue: WaitQueue<LockClaim<T>>;
  readonly #granted: (owner: T) => void;

  /**
   * @param queue Who waits.
   * @param granted Called with every new owner.
   */
  constructor(
    queue: WaitQueue<LockClaim<T>>,
    granted: (owner: T) => void = () => {},
  ) {
    this.#queue = queue;
    this.#granted = granted;
  }

  /** Whether `owner` has it and can still give it back. */
  isHeldBy(owner: T): boolean {
    return this.owner === owner && this.brokenBy === undefined;
  }

  /** Grants the claim if nobody owns the lock; then nobody waits for it. */
  take(claim: LockClaim<T>): boolean {
    if (this.owner !== undefined) return false;
    this.#grant(claim);
    this.#granted(claim.owner);
    return true;
  }

  /** Hands the lock of its owner to whoever waits longest. */
  release(): void {
    this.owner = undefined;
    const next = this.#queue.head;
    if (next === undefined) return;
    this.#grant(next);
    this.#queue.wakeHead();
    this.#granted(next.owner);
  }

  /** Records that `owner` will never release it; `false` if it has it not. */
  breakBy(owner: T): boolean {
    if (!this.isHeldBy(owner)) return false;
    this.brokenBy = owner;
    return true;
  }

  #grant(claim: LockClaim<T>): void {
    this.owner = claim.owner;
    claim.held = true;
  }
}
