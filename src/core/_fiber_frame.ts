import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Exit from "npm:effect@^4.1.0/Exit";
import type { AnyExit } from "./_exit_state.ts";
import {
  type AnyFiber,
  fieldsOf,
  isInterruptible,
  setInterruption,
} from "./_fiber_internals.ts";

/** What Effect's run loop calls on a frame: first, then after success or failure. */
const FIRST = "~effect/Effect/ensureCont";
const AFTER_SUCCESS = "~effect/Effect/successCont";
const AFTER_FAILURE = "~effect/Effect/failureCont";

/**
 * A place on the stack of an interruptible fiber that hears how what was begun
 * above it ends, whatever ends it, and says how the fiber goes on.
 *
 * What Effect offers for this, a mask around a match around a restored body,
 * costs four operations and twice as many objects: more than all the rest of a
 * scope. A frame is one object. Whether this Effect treats frames as we think is
 * tried out before the first is used: {@linkcode framesAreKnown}.
 */
export abstract class Frame {
  /** Puts it on the stack of `fiber`: it hears of what the fiber does next. */
  push(fiber: AnyFiber): void {
    fieldsOf(fiber)._stack.push(this);
  }

  /**
   * Called once, while the fiber cannot be interrupted: nor can what it answers,
   * which says how the fiber goes on.
   */
  protected abstract ended(exit: AnyExit): Effect.Effect<unknown, unknown>;

  [FIRST](fiber: AnyFiber): void {
    fieldsOf(fiber).interruptible = false;
  }

  [AFTER_SUCCESS](value: unknown, fiber: AnyFiber, exit?: AnyExit) {
    return goOn(fiber, this.#answer(exit ?? Exit.succeed(value)));
  }

  [AFTER_FAILURE](cause: never, fiber: AnyFiber, exit?: AnyExit) {
    return goOn(fiber, this.#answer(exit ?? Exit.failCause(cause)));
  }

  /** One that throws leaves the fiber interruptible, like any other. */
  #answer(exit: AnyExit): Effect.Effect<unknown, unknown> {
    try {
      return this.ended(exit);
    } catch (thrown) {
      return Exit.die(thrown);
    }
  }
}

/** Makes `fiber` interruptible again, after `next`. */
function goOn(fiber: AnyFiber, next: Effect.Effect<unknown, unknown>) {
  // Of what a frame answers, only an exit has a tag.
  const { _tag: tag } = next as { readonly _tag?: string };
  if (tag === undefined) {
    fieldsOf(fiber)._stack.push(AGAIN_INTERRUPTIBLE);
    return next;
  }
  // What does not wait needs no frame of its own for that.
  const interruption = becomeInterruptible(fiber);
  return tag === "Success" && interruption !== undefined ? interruption : next;
}

const AGAIN_INTERRUPTIBLE = {
  /** What is answered takes the place of a success, and joins a failure. */
  [FIRST](fiber: AnyFiber) {
    const interruption = becomeInterruptible(fiber);
    return interruption && (() => interruption);
  },
};

function becomeInterruptible(
  fiber: AnyFiber,
): Exit.Exit<never> | undefined {
  const fields = fieldsOf(fiber);
  fields.interruptible = true;
  return fields._interruptedCause && Exit.failCause(fields._interruptedCause);
}

/**
 * Does Effect treat a frame as it should? Tries it, on fibers made for it: with
 * a success, with a failure, and with an interruption that is then forgotten.
 */
export function framesAreKnown(): boolean {
  const success = new ProbeFrame(Effect.succeed("reached"));
  const failure = new ProbeFrame(Effect.fail("reached"));
  const interruption = new ProbeFrame(Effect.never);
  try {
    return [success, failure, interruption].every((it) => it.isPassed()) &&
      Exit.isSuccess(success.heard!) && Exit.isFailure(failure.heard!) &&
      Exit.hasInterrupts(interruption.heard!);
  } catch {
    return false;
  }
}

class ProbeFrame extends Frame {
  heard: AnyExit | undefined = undefined;
  readonly #fiber: AnyFiber;

  constructor(above: Effect.Effect<unknown, unknown>) {
    super();
    this.#fiber = Effect.runFork(Effect.withFiber((fiber) => {
      this.push(fiber);
      return above;
    }));
  }

  /** Was it heard of, could it not be interrupted, and did it go on? */
  isPassed(): boolean {
    this.#fiber.interruptUnsafe();
    const exit = this.#fiber.pollUnsafe();
    return exit !== undefined && Exit.isSuccess(exit) &&
      exit.value === "passed";
  }

  protected override ended(exit: AnyExit): Effect.Effect<unknown> {
    this.heard = exit;
    return Effect.withFiber((fiber) => {
      if (isInterruptible(fiber)) return Exit.void;
      setInterruption(fiber, undefined);
      return Exit.succeed("passed");
    });
  }
}
