import type * as Duration from "npm:effect@^4.1.0/Duration";
import type * as Effect from "npm:effect@^4.1.0/Effect";
import { orTooLate } from "./_too_late.ts";
import type { Body0, ErrorOf, Result, ServicesOf, SuccessOf } from "./body.ts";
import { makeScope } from "./cancel_scope.ts";
import { checkOptions } from "./check_options.ts";
import { millisOf } from "./duration.ts";
import type { DeadlineExceeded } from "./errors.ts";

/**
 * Runs `body` out of reach of every cancellation from outside.
 *
 * For what must be finished once begun. What must *begin* although cancelled
 * belongs in a finalizer: a shield protects what it contains once entered. A
 * shield without a budget can hold up its task for ever, so give it one where
 * the body waits for somebody else.
 *
 * - **Cancellation:** kept out until the body has ended; met at the next
 *   checkpoint after it. With `within`, a body that takes longer is cancelled
 *   and cleans up.
 * - **Failure:** the body's own; with `within` also `DeadlineExceeded`.
 *
 * @example Say goodbye, but not for ever
 * ```ts
 * import { moveOnAfter, run, shield, sleep, sleepForever } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * const trail: string[] = [];
 * const goodbye = shield(
 *   Effect.andThen(sleep(2), Effect.sync(() => trail.push("goodbye"))),
 *   { within: "1 second" },
 * );
 * await run(moveOnAfter(1, Effect.ensuring(sleepForever, Effect.orDie(goodbye))));
 * assert.deepEqual(trail, ["goodbye"]);
 * ```
 *
 * @param body The body.
 * @param options `within`: how long the body may take.
 * @returns The body's value.
 * @throws {RangeError} If `within` is negative or NaN.
 */
export function shield<X extends Result>(
  body: Body0<X>,
): Effect.Effect<SuccessOf<X>, ErrorOf<X>, ServicesOf<X>>;
export function shield<X extends Result>(
  body: Body0<X>,
  options: { within: Duration.Input },
): Effect.Effect<
  SuccessOf<X>,
  ErrorOf<X> | DeadlineExceeded,
  ServicesOf<X>
>;
export function shield<X extends Result>(
  body: Body0<X>,
  options?: { within: Duration.Input },
): Effect.Effect<
  SuccessOf<X>,
  ErrorOf<X> | DeadlineExceeded,
  ServicesOf<X>
> {
  if (options !== undefined) checkOptions(options, "shield a body");
  const timeout = options === undefined
    ? undefined
    : millisOf(options.within, "shield a body");
  return orTooLate<X>(
    () => makeScope({ shield: true, timeout }, "shield"),
    body,
  );
}
