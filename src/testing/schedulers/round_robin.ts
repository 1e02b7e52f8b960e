import type { Decision, Scheduler, Strategy } from "./scheduler.ts";

/**
 * Each task in turn, in the order in which they first appeared: one step each,
 * and where tasks may be preempted, one operation each.
 */
export class RoundRobinScheduler implements Scheduler {
  #last = -1;

  decide({ kind, actors, running }: Decision): number {
    if (kind === "cancel") return 0;
    const next = after(kind === "preempt" ? running : this.#last, actors);
    this.#last = actors[next]!;
    return kind === "preempt" ? next + 1 : next;
  }
}

/** Where in `actors` the one stands that comes next after `last`, cyclically. */
function after(last: number, actors: readonly number[]): number {
  let best = 0;
  for (let place = 1; place < actors.length; place++) {
    if (rank(actors[place]!, last) < rank(actors[best]!, last)) best = place;
  }
  return best;
}

function rank(actor: number, last: number): number {
  return actor > last ? actor - last : actor - last + Number.MAX_SAFE_INTEGER;
}

/** There is one round robin. */
export class RoundRobinStrategy implements Strategy {
  readonly isExhausted = false;
  #isDone = false;

  next(): (() => Scheduler) | undefined {
    if (this.#isDone) return undefined;
    this.#isDone = true;
    return () => new RoundRobinScheduler();
  }

  ran(): void {}
}
