import type { Decision, Scheduler } from "./scheduler.ts";

/**
 * Answers as it was told, then 0.
 *
 * An answer that the interleaving does not offer any more becomes 0: what is
 * replayed may be a part of a longer interleaving, with the rest left out.
 */
export class ReplayScheduler implements Scheduler {
  #next = 0;

  constructor(readonly answers: readonly number[]) {}

  decide({ width }: Decision): number {
    const answer = this.answers[this.#next++] ?? 0;
    return answer < width ? answer : 0;
  }
}
