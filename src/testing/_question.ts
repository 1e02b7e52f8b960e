import type { Decision } from "./schedulers/scheduler.ts";

/** A step that is ready, as far as it matters whose it is. */
export interface ReadyStep {
  readonly task: object | undefined;
  readonly fiber: object | undefined;
}

/** A decision whose actors are numbered only if somebody asks. */
export class Question implements Decision {
  constructor(
    readonly kind: Decision["kind"],
    readonly width: number,
    private readonly ready: readonly ReadyStep[],
    private readonly who: object | undefined,
    private readonly numbers: Map<object | undefined, number>,
  ) {}

  get actors(): readonly number[] {
    return this.ready.map((step) => this.#numberOf(actorOf(step)));
  }

  get running(): number {
    return this.#numberOf(this.who);
  }

  /** Numbers actors in the order in which they are first seen. */
  #numberOf(actor: object | undefined): number {
    let number = this.numbers.get(actor);
    if (number === undefined) {
      number = this.numbers.size;
      this.numbers.set(actor, number);
    }
    return number;
  }
}

/** Who takes a step: the fiber; before there is one, the task. */
function actorOf({ task, fiber }: ReadyStep): object | undefined {
  return task ?? fiber;
}
