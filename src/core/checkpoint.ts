import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Exit from "npm:effect@^4.1.0/Exit";
import * as Fiber from "npm:effect@^4.1.0/Fiber";
import type { AnyFiber } from "./_fiber_internals.ts";
import { interruptIfCancelled } from "./_interrupt_if_cancelled.ts";
import { scopeOf } from "./_strand.ts";
import type { WaitSubject } from "./wait_subject.ts";
import type { AbortVerdict } from "./_wait.ts";
import { beginWait, type Settle, suspendFiber } from "./suspend_task.ts";

/**
 * Ends the current task here if it is cancelled; otherwise does nothing.
 *
 * - **Cancellation:** a cancel point, and nothing else: no other task runs.
 *
 * @example Look up between two steps of a long computation
 * ```ts
 * import { checkpointIfCancelled, moveOnAfter, run } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Option from "effect/Option";
 *
 * const late = moveOnAfter(0, function* () {
 *   yield* checkpointIfCancelled;
 *   return "in time";
 * });
 * assert(Option.isNone(await run(late)));
 * ```
 */
export const checkpointIfCancelled: Effect.Effect<void> = Effect.withFiber(
  (fiber) => {
    countCancelPoint(fiber);
    interruptIfCancelled(fiber);
    return Exit.void;
  },
);

/**
 * Lets every other task that can run have its turn; keeps going if cancelled.
 *
 * - **Cancellation:** a schedule point, not a cancel point.
 *
 * @example Let another task go first
 * ```ts
 * import { nursery, run, shieldedCheckpoint } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * const trail: string[] = [];
 * await run(nursery(function* (n) {
 *   n.startSoon(Effect.sync(() => trail.push("child")));
 *   yield* shieldedCheckpoint;
 *   trail.push("body");
 * }));
 * assert.deepEqual(trail, ["child", "body"]);
 * ```
 */
export const shieldedCheckpoint: Effect.Effect<void> = Effect.withFiber(
  (fiber) => takeTurn(fiber, Exit.void),
);

/**
 * Lets every other task that can run have its turn, then ends the current task
 * here if it is cancelled.
 *
 * The schedule half comes first, so that a deadline that has passed meanwhile
 * is seen (R5).
 *
 * - **Cancellation:** a cancel point and a schedule point: what every operation
 *   of Espalier that can wait is on every successful call (R19).
 *
 * @example A loop that stays polite
 * ```ts
 * import { checkpoint, moveOnAfter, run } from "espalier";
 * import assert from "node:assert/strict";
 *
 * let rounds = 0;
 * await run(moveOnAfter(30, function* () {
 *   for (;; rounds++) yield* checkpoint;
 * }));
 * assert(rounds > 0);
 * ```
 */
export const checkpoint: Effect.Effect<void> = Effect.flatMap(
  shieldedCheckpoint,
  () => checkpointIfCancelled,
);

/** A checkpoint that ends with a result that is there already. */
export function checkpointThen<A, E>(
  result: Exit.Exit<A, E>,
): Effect.Effect<A, E> {
  return Effect.flatMap(checkpoint, () => result);
}

/** What an attempt got, and how to give it to somebody else if it gets lost. */
export interface Granted<A, E> {
  readonly result: Effect.Effect<A, E>;
  readonly lost?: () => void;
}

/**
 * The shape of every operation that waits only if it has to (R22): a cancel
 * point, then an attempt, then a schedule point if it succeeded and a wait if it
 * did not. So there is no schedule point before the attempt, and a cancelled
 * operation has not happened (R14).
 */
export function attemptOrWait<A, E>(
  subject: WaitSubject,
  attempt: (fiber: AnyFiber) => Granted<A, E> | undefined,
  register: (
    settle: Settle<A, E>,
    fiber: AnyFiber,
  ) => () => AbortVerdict,
): Effect.Effect<A, E> {
  // Invariant: one operation of Effect, so that it cannot lose its turn between
  // the attempt and what follows from it.
  return Effect.callback<A, E>((resume) => {
    const fiber = Fiber.getCurrent()!;
    if (interruptIfCancelled(fiber)) return;
    const granted = attempt(fiber);
    if (granted === undefined) {
      return beginWait(
        fiber,
        subject,
        resume,
        (settle) => register(settle, fiber),
      );
    }
    countCancelPoint(fiber);
    tellPassed(fiber, subject);
    return beginWait(fiber, undefined, resume, (settle) => {
      settle(granted.result, granted.lost);
      return undefined;
    });
  });
}

/** Waits for the next turn and goes on with `result`, cancelled or not. */
function takeTurn<A, E>(
  fiber: AnyFiber,
  result: Effect.Effect<A, E>,
  lost?: () => void,
): Effect.Effect<A, E> {
  return suspendFiber<A, E>(fiber, undefined, (settle) => {
    settle(result, lost);
    return undefined;
  });
}

function countCancelPoint(fiber: AnyFiber): void {
  const owner = scopeOf(fiber)?.owner;
  if (owner !== undefined) owner.cancelPoints++;
}

function tellPassed(fiber: AnyFiber, { label }: WaitSubject): void {
  const node = scopeOf(fiber);
  const hooks = node?.run?.hooks;
  if (hooks !== undefined) hooks.emit("taskPassed", node!.owner, label);
}
