import * as Cause from "npm:effect@^4.1.0/Cause";
import * as Context from "npm:effect@^4.1.0/Context";
import { originOf } from "./_failure_origin.ts";
import type { Cancellation } from "./cancellation.ts";

const CancelledBy = Context.Reference<Cancellation | undefined>(
  "espalier/Cancellation",
  { defaultValue: () => undefined },
);

/**
 * Reads who cancelled, from a cause or from one of its reasons.
 *
 * @example Ask a cause why it was interrupted
 * ```ts
 * import { cancellationOf, CancelScope, run, runExit } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * const exit = await runExit(Effect.never, { signal: AbortSignal.abort("bye") });
 * assert(exit._tag === "Failure");
 * assert.deepEqual(cancellationOf(exit.cause)?.reason, {
 *   _tag: "Aborted",
 *   reason: "bye",
 * });
 * ```
 *
 * @param from A cause, or one reason of a cause.
 * @returns The cancellation, or `undefined` where nobody's scope was cancelled.
 */
export function cancellationOf(
  from: Cause.Cause<unknown> | Cause.Reason<unknown>,
): Cancellation | undefined {
  const reasons = Cause.isCause(from) ? from.reasons : [from];
  for (const reason of reasons) {
    const found = reason.annotations.get(CancelledBy.key);
    if (found !== undefined) return found as Cancellation;
  }
  return undefined;
}

/**
 * Reads the path of the task in which a failure first happened.
 *
 * @example Print what failed where
 * ```ts
 * import { type Nursery, nursery, runExit, taskPathOf } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * const exit = await runExit(nursery(function* (n: Nursery<string>) {
 *   n.startSoon(Effect.fail("no route"), { name: "dial" });
 *   yield* Effect.never;
 * }));
 * assert(exit._tag === "Failure");
 * assert.deepEqual(exit.cause.reasons.map(taskPathOf), ["main/dial"]);
 * ```
 *
 * @param reason One reason of a cause.
 * @returns The path, as in `main/crawl`, or `undefined` where the failure did
 * not pass through a task of Espalier.
 */
export function taskPathOf(reason: Cause.Reason<unknown>): string | undefined {
  return originOf(reason)?.path;
}

/** What to annotate an interruption with, so that it says who cancelled. */
export function annotationsFor(
  cancellation: Cancellation | undefined,
): Context.Context<never> {
  return Context.make(CancelledBy, cancellation);
}

/** One interruption, annotated. */
export function interruptionBy(
  cancellation: Cancellation,
): Cause.Reason<never> {
  const [reason] = Cause.interrupt().reasons;
  return reason!.annotate(annotationsFor(cancellation)) as Cause.Reason<never>;
}

/** Does this interruption come from one of our scopes? */
export function isOurs(reason: Cause.Reason<unknown>): boolean {
  return reason.annotations.has(CancelledBy.key);
}
