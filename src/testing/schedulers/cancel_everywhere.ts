import type { Decision, Path, Scheduler, Strategy } from "./scheduler.ts";

/** Decides as another, but cancels once: at the chance with a number. */
class CancellingScheduler implements Scheduler {
  /** How many chances to cancel there were. */
  chances = 0;

  /** @param at The number of the chance to take; -1 for none. */
  constructor(readonly inner: Scheduler, readonly at: number) {}

  decide(decision: Decision): number {
    if (decision.kind !== "cancel") return this.inner.decide(decision);
    return this.chances++ === this.at ? 1 : 0;
  }
}

/**
 * Every interleaving of another strategy, first as it is, and then again for
 * each chance to cancel a task, with that one taken.
 */
export class CancelEverywhere implements Strategy {
  readonly isExhausted = false;
  #make: (() => Scheduler) | undefined = undefined;
  #base: CancellingScheduler | undefined = undefined;
  #next = 0;

  constructor(readonly inner: Strategy) {}

  next(): (() => Scheduler) | undefined {
    const make = this.#make;
    if (make !== undefined && this.#next < (this.#base?.chances ?? 0)) {
      const at = this.#next++;
      return () => new CancellingScheduler(make(), at);
    }
    this.#make = this.inner.next();
    const makeBase = this.#make;
    if (makeBase === undefined) return undefined;
    this.#next = -1;
    return () => this.#base = new CancellingScheduler(makeBase(), -1);
  }

  ran(path: Path): void {
    if (this.#next !== -1) return;
    this.#next = 0;
    this.inner.ran(path);
  }
}
