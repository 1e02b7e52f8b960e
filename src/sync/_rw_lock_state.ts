import type { Claim, WaitQueue } from "./_wait_queue.ts";

/** What a lock is wanted for. */
export type Access = "read" | "write";

/** A claim to read or to write. */
export interface AccessClaim<T> extends Claim {
  readonly owner: T;
  readonly access: Access;
}

/**
 * Who reads and who writes: pure, of no clock and no task.
 *
 * Strictly first come, first served: whoever may go in only waits for those
 * before it, so a reader behind a waiting writer waits.
 *
 * Invariant: a writer is alone, and the head of the queue may not go in.
 *
 * @typeParam T An owner.
 */
export class RwLockState<T> {
  readonly readers: Set<T> = new Set();
  writer: T | undefined = undefined;
  /** The first owner that ended without releasing. */
  brokenBy: T | undefined = undefined;
  readonly #queue: WaitQueue<AccessClaim<T>>;
  readonly #granted: (owner: T) => void;

  /**
   * @param queue Who waits.
   * @param granted Called with every new owner.
   */
  constructor(
    queue: WaitQueue<AccessClaim<T>>,
    granted: (owner: T) => void = () => {},
  ) {
    this.#queue = queue;
    this.#granted = granted;
  }

  /** What `owner` has it for. */
  accessOf(owner: T): Access | undefined {
    if (this.writer === owner) return "write";
    return this.readers.has(owner) ? "read" : undefined;
  }

  /** Grants the claim if nobody is in its way and nobody waits. */
  take(claim: AccessClaim<T>): boolean {
    if (this.#queue.size > 0 || !this.#mayEnter(claim)) return false;
    this.#grant(claim);
    this.#granted(claim.owner);
    return true;
  }

  /** Takes back what `owner` has and lets in whom it can. */
  release(owner: T): void {
    if (this.writer === owner) this.writer = undefined;
    else this.readers.delete(owner);
    this.admit();
  }

  /** Lets in whoever is first and may enter: also when a waiter has left. */
  admit(): void {
    while (this.brokenBy === undefined) {
      const next = this.#queue.head;
      if (next === undefined || !this.#mayEnter(next)) return;
      this.#grant(next);
      this.#queue.wakeHead();
      this.#granted(next.owner);
    }
  }

  /** Records that `owner` will never release it; `false` if it has it not. */
  breakBy(owner: T): boolean {
    if (this.accessOf(owner) === undefined) return false;
    this.brokenBy ??= owner;
    return true;
  }

  #mayEnter(claim: AccessClaim<T>): boolean {
    return this.writer === undefined &&
      (claim.access === "read" || this.readers.size === 0);
  }

  #grant(claim: AccessClaim<T>): void {
    if (claim.access === "write") this.writer = claim.owner;
    else this.readers.add(claim.owner);
    claim.held = true;
  }
}
