import type * as Tracer from "npm:effect@^4.1.0/Tracer";
import type { AnyTask } from "../core/task.ts";
import { isInterruptible, taskOf } from "../core/turn_port.ts";
import { type AnyFiber, Simulation } from "./_simulation.ts";

const IDENTIFIER = "~effect/Effect/identifier";
const EVALUATE = "~effect/Effect/evaluate";
/** What an operation answers that suspends its fiber, or ends it. */
const YIELD = Symbol.for("effect/Effect/Yield");

type Evaluate = NonNullable<Tracer.Tracer["context"]>;

/**
 * Counts the cancel points and schedule points that a task passes.
 *
 * Espalier's own waits are counted by the task itself; Effect's are seen through
 * its window on every operation: one that suspends a fiber of the task, and that
 * the task has not counted, is one of them.
 */
export class PointCounter {
  readonly tracer: Tracer.Tracer;
  readonly #task: AnyTask;
  readonly #cancelPointsBefore: number;
  readonly #schedulePointsBefore: number;
  #nativeCancelPoints = 0;
  #nativeSchedulePoints = 0;

  constructor(task: AnyTask, outer: Tracer.Tracer) {
    this.#task = task;
    this.#cancelPointsBefore = task.cancelPoints;
    this.#schedulePointsBefore = task.schedulePoints;
    const evaluate: Evaluate = outer.context ??
      ((primitive, fiber) => primitive[EVALUATE](fiber));
    this.tracer = {
      span: (options) => outer.span(options),
      context: (primitive, fiber) => {
        const counted = task.schedulePoints;
        const answer = evaluate(primitive, fiber);
        const kind = (primitive as { [IDENTIFIER]?: string })[IDENTIFIER];
        const isWait = kind === "Async" || kind === "Yield";
        if (isWait && (answer as unknown) === YIELD) {
          if (task.schedulePoints === counted) this.#suspended(fiber);
        }
        return answer;
      },
    };
  }

  /** How many cancel points there were. */
  get cancelPoints(): number {
    return this.#task.cancelPoints - this.#cancelPointsBefore +
      this.#nativeCancelPoints;
  }

  /** How many schedule points there were. */
  get schedulePoints(): number {
    return this.#task.schedulePoints - this.#schedulePointsBefore +
      this.#nativeSchedulePoints;
  }

  #suspended(fiber: AnyFiber): void {
    if (taskOf(fiber) !== this.#task || hasLostTurn(fiber)) return;
    this.#nativeSchedulePoints++;
    if (isInterruptible(fiber)) this.#nativeCancelPoints++;
  }
}

/** Was the turn taken from the fiber, by a test or for having run for long? */
function hasLostTurn(fiber: AnyFiber): boolean {
  const { scheduler, maxOpsBeforeYield } = fiber.cache;
  return fiber.currentOpCount >= maxOpsBeforeYield ||
    (scheduler instanceof Simulation && scheduler.isPreempted(fiber));
}
