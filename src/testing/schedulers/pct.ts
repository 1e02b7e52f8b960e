import { randomNumbers, seedOf } from "./_random_numbers.ts";
import type { Decision, Path, Scheduler, Strategy } from "./scheduler.ts";

/** How many ordered events a bug may need to be found with a known chance. */
const BUG_DEPTH = 3;

/**
 * Probabilistic concurrency testing: every task gets a random priority, the
 * highest that is ready goes next, and at a few random moments the one that is
 * about to go falls below all others.
 *
 * A bug that needs `d` events in a certain order among `n` tasks and `k`
 * decisions shows with a chance of at least 1 in n·k^(d−1).
 */
export class PctScheduler implements Scheduler {
  readonly #below: (below: number) => number;
  readonly #priorities: number[] = [];
  /** At the decision with this number the priority falls; the later the lower. */
  readonly #changes: readonly number[];
  #decisions = 0;

  constructor(seed: number, expectedDecisions: number) {
    this.#below = randomNumbers(seed);
    this.#changes = Array.from(
      { length: BUG_DEPTH - 1 },
      () => this.#below(expectedDecisions),
    );
  }

  decide({ kind, actors, running }: Decision): number {
    if (kind === "cancel") return 0;
    const change = this.#changes.indexOf(this.#decisions++);
    const place = this.#highest(actors);
    // A task that did not wait loses its turn only at one of the moments: the
    // preemptions that are allowed are too few to give them away.
    if (change < 0) return kind === "preempt" ? 0 : place;
    const fallen = kind === "preempt" ? running : actors[place]!;
    this.#priorities[fallen] = -1 - change;
    return kind === "preempt" ? place + 1 : this.#highest(actors);
  }

  #highest(actors: readonly number[]): number {
    let best = 0;
    for (let place = 1; place < actors.length; place++) {
      if (this.#isHigher(actors[place]!, actors[best]!)) best = place;
    }
    return best;
  }

  #isHigher(actor: number, other: number): boolean {
    return this.#priorityOf(actor) > this.#priorityOf(other);
  }

  #priorityOf(actor: number): number {
    return this.#priorities[actor] ??= this.#below(2 ** 30);
  }
}

/** One draw of priorities after the other. */
export class PctStrategy implements Strategy {
  readonly isExhausted = false;
  #index = 0;
  #expectedDecisions = 8;

  constructor(readonly seed: number) {}

  next(): () => Scheduler {
    const seed = seedOf(this.seed, this.#index++);
    const expected = this.#expectedDecisions;
    return () => new PctScheduler(seed, expected);
  }

  ran({ answers }: Path): void {
    // The longest way there was: moments late in it are to be drawn as well.
    this.#expectedDecisions = Math.max(this.#expectedDecisions, answers.length);
  }
}
