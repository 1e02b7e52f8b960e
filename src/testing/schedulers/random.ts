import { randomNumbers, seedOf } from "./_random_numbers.ts";
import type { Decision, Scheduler, Strategy } from "./scheduler.ts";

/** Of so many chances to preempt a task, one is taken. */
const PREEMPTS_ONE_IN = 4;

/** Every choice is as likely as the others; the seed decides. */
export class RandomScheduler implements Scheduler {
  readonly #below: (below: number) => number;

  constructor(seed: number) {
    this.#below = randomNumbers(seed);
  }

  decide({ kind, width }: Decision): number {
    switch (kind) {
      case "turn":
        return this.#below(width);
      case "preempt":
        return this.#below(PREEMPTS_ONE_IN) === 0
          ? 1 + this.#below(width - 1)
          : 0;
      default:
        return 0;
    }
  }
}

/** One random interleaving after the other. */
export class RandomStrategy implements Strategy {
  readonly isExhausted = false;
  #index = 0;

  constructor(readonly seed: number) {}

  next(): () => Scheduler {
    const seed = seedOf(this.seed, this.#index++);
    return () => new RandomScheduler(seed);
  }

  ran(): void {}
}
