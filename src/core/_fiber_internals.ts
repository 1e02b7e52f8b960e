import type * as Cause from "npm:effect@^4.1.0/Cause";
import type * as Fiber from "npm:effect@^4.1.0/Fiber";

/** Any fiber. */
export type AnyFiber = Fiber.Fiber<unknown, unknown>;

/**
 * The three fields of Effect's fiber that its public interface does not name.
 * Nothing else of Effect's internals is touched, and nothing outside this file
 * and `_fiber_frame.ts`, which also tries out what they mean, touches these.
 */
interface FiberFields {
  /** Why it was interrupted; sticky: Effect never clears it. */
  _interruptedCause: Cause.Cause<never> | undefined;
  /** False inside `uninterruptible` and in finalizers. */
  interruptible: boolean;
  /** What hears, from the top down, how the current operation ends. */
  readonly _stack: object[];
}

/** The fields of `fiber`. */
export function fieldsOf(fiber: AnyFiber): FiberFields {
  return fiber as unknown as FiberFields;
}

/** Why `fiber` has been interrupted so far, as far as Effect recorded it. */
export function interruptionsOf(
  fiber: AnyFiber,
): ReadonlyArray<Cause.Reason<never>> {
  return fieldsOf(fiber)._interruptedCause?.reasons ?? NONE;
}

const NONE: ReadonlyArray<never> = [];

/** Makes `fiber` remember `cause` as its only interruption, or none. */
export function setInterruption(
  fiber: AnyFiber,
  cause: Cause.Cause<never> | undefined,
): void {
  fieldsOf(fiber)._interruptedCause = cause;
}

/** Would an interruption be heard now? */
export function isInterruptible(fiber: AnyFiber): boolean {
  return fieldsOf(fiber).interruptible !== false;
}

/**
 * Calls `listener` once, at the moment at which an uninterruptible fiber
 * becomes interruptible again.
 */
export function whenInterruptible(fiber: AnyFiber, listener: () => void): void {
  Object.defineProperty(fieldsOf(fiber), "interruptible", {
    configurable: true,
    enumerable: true,
    get: () => false,
    set(interruptible: boolean) {
      if (!interruptible) return;
      Object.defineProperty(fieldsOf(fiber), "interruptible", {
        configurable: true,
        enumerable: true,
        writable: true,
        value: true,
      });
      listener();
    },
  });
}
