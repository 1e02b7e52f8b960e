import type * as Cause from "npm:effect@^4.1.0/Cause";
import * as Exit from "npm:effect@^4.1.0/Exit";
import { interruptedByEffect } from "./_promise_wait.ts";
import { isOnlyInterrupted } from "./_exit_state.ts";
import type { Cancellation } from "./cancellation.ts";
import { TaskCancelled } from "./cancellation_errors.ts";
import { cancellationOf } from "./provenance.ts";

/**
 * How a task or a future ended: with a value, with a cause, or cancelled.
 *
 * @example Ask how it went, whatever it was
 * ```ts
 * import { nursery, type Outcome, run } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * const outcome: Outcome<number, never> = await run(
 *   nursery(function* (n) {
 *     return yield* n.startSoon(Effect.succeed(1)).outcome;
 *   }),
 * );
 * assert.deepEqual(outcome, { _tag: "Succeeded", value: 1 });
 * ```
 */
export type Outcome<A, E> =
  | { readonly _tag: "Succeeded"; readonly value: A }
  | { readonly _tag: "Failed"; readonly cause: Cause.Cause<E> }
  | { readonly _tag: "Cancelled"; readonly cancellation: Cancellation };

/** Tells an exit as an outcome; an exit with any failure in it has failed. */
export function outcomeOf<A, E>(exit: Exit.Exit<A, E>): Outcome<A, E> {
  if (Exit.isSuccess(exit)) return { _tag: "Succeeded", value: exit.value };
  if (!isOnlyInterrupted(exit)) return { _tag: "Failed", cause: exit.cause };
  return { _tag: "Cancelled", cancellation: whoCancelled(exit.cause) };
}

/**
 * The result of a task as its waiter takes it: a cancellation of the task is a
 * defect of the waiter, which was not cancelled itself.
 */
export function resultOf<A, E>(exit: Exit.Exit<A, E>): Exit.Exit<A, E> {
  if (Exit.isSuccess(exit) || !isOnlyInterrupted(exit)) return exit;
  return Exit.die(new TaskCancelled(whoCancelled(exit.cause)));
}

function whoCancelled(cause: Cause.Cause<unknown>): Cancellation {
  return cancellationOf(cause) ?? interruptedByEffect();
}
