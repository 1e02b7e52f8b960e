import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Tracer from "npm:effect@^4.1.0/Tracer";
import type { AnyFiber, Simulation } from "./_simulation.ts";

/** The keys under which Effect's primitives keep what they are and do. */
const IDENTIFIER = "~effect/Effect/identifier";
const EVALUATE = "~effect/Effect/evaluate";

/**
 * The operations before which a task may be preempted. What stands between them,
 * a result on its way to its continuation, is no operation: a task that has done
 * its last one returns.
 */
const OPERATIONS: ReadonlySet<unknown> = new Set([
  "Sync",
  "Suspend",
  "WithFiber",
  "Async",
  "Yield",
]);

interface Primitive extends Effect.Effect<unknown, unknown> {
  readonly [IDENTIFIER]?: string;
  [EVALUATE](fiber: AnyFiber): unknown;
}

/** A wait of Effect's own. */
interface AsyncPrimitive extends Primitive {
  register(resume: Resume, signal: AbortSignal | undefined): unknown;
  readonly withSignal: boolean;
}

type Resume = (effect: Effect.Effect<unknown, unknown>) => void;

/**
 * Effect's window on every operation of every fiber, used for two things: a
 * fiber that Effect wants to resume becomes a step that is ready, and a fiber
 * may lose its turn before an operation.
 */
export class WakeUpTracer {
  readonly tracer: Tracer.Tracer;
  /** Fibers that wait, and whether the wait is one that only Effect knows. */
  readonly #waits = new Map<AnyFiber, boolean>();
  readonly #simulation: Simulation;
  /** The fiber that has just got its turn back, before the same operation. */
  #continued: AnyFiber | undefined = undefined;

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
    this.tracer = {
      span: (options) => Tracer.nativeTracer.span(options),
      context: this.#evaluate as NonNullable<Tracer.Tracer["context"]>,
    };
  }

  /** The fibers that wait for something that only Effect knows. */
  *nativeWaits(): Generator<AnyFiber> {
    for (const [fiber, isNative] of this.#waits) {
      if (isNative && fiber.pollUnsafe() === undefined) yield fiber;
    }
  }

  /** All fibers that wait. */
  *waits(): Generator<AnyFiber> {
    for (const fiber of this.#waits.keys()) {
      if (fiber.pollUnsafe() === undefined) yield fiber;
    }
  }

  readonly #evaluate = (primitive: Primitive, fiber: AnyFiber): unknown => {
    const kind = primitive[IDENTIFIER];
    if (OPERATIONS.has(kind)) {
      if (this.#losesTurn(fiber)) {
        // Order: the operation itself has not begun when the turn is lost.
        const later = Effect.flatMap(Effect.yieldNow, () => {
          this.#continued = fiber;
          return primitive;
        }) as Primitive;
        return later[EVALUATE](fiber);
      }
      if (kind === "Async") {
        return this.#wait(primitive as AsyncPrimitive, fiber);
      }
    }
    return primitive[EVALUATE](fiber);
  };

  #losesTurn(fiber: AnyFiber): boolean {
    if (this.#continued === fiber) {
      this.#continued = undefined;
      return false;
    }
    // A fiber that has just got its turn has done nothing with it yet.
    return fiber.currentOpCount > 1 && !fiber.cache.preventYield &&
      !this.#simulation.isPreempted(fiber) && this.#simulation.preempts(fiber);
  }

  /** Begins the same wait, but for the way back. */
  #wait(primitive: AsyncPrimitive, fiber: AnyFiber): unknown {
    const simulation = this.#simulation;
    const waits = this.#waits;
    const wait = Object.create(Object.getPrototypeOf(primitive));
    wait.withSignal = primitive.withSignal;
    wait.register = function (resume: Resume, signal?: AbortSignal) {
      let isRegistering = true;
      let isResumed = false;
      simulation.waiting = undefined;
      const onCancel = primitive.register.call(this, (effect) => {
        if (isResumed) return;
        isResumed = true;
        waits.delete(fiber);
        // Our own waits are steps already: theirs is the one being taken.
        const isStep = simulation.current?.fiber === fiber;
        if (isRegistering || isStep) resume(effect);
        else simulation.wakeUp(fiber, () => resume(effect));
      }, signal);
      isRegistering = false;
      if (!isResumed) waits.set(fiber, simulation.waiting !== fiber);
      return onCancel;
    };
    return wait[EVALUATE](fiber);
  }
}
