import type * as Duration from "npm:effect@^4.1.0/Duration";
import type * as Effect from "npm:effect@^4.1.0/Effect";
import type * as Option from "npm:effect@^4.1.0/Option";
import { enterScope } from "./_enter_scope.ts";
import { orTooLate } from "./_too_late.ts";
import type {
  Body0,
  Body1,
  ErrorOf,
  Result,
  ServicesOf,
  SuccessOf,
} from "./body.ts";
import {
  type CancelScope,
  type CancelScopeOptions,
  makeScope,
  settingsOf,
} from "./cancel_scope.ts";
import { checkKind, checkOptions } from "./check_options.ts";
import { millisOf, momentOf } from "./duration.ts";
import type { DeadlineExceeded } from "./errors.ts";

/** Options for a scope that a function makes. */
export interface ScopeOptions {
  /** Whether to keep outer cancellations out. */
  readonly shield?: boolean;
  /** How explanations call the scope. */
  readonly name?: string;
}

/**
 * Runs `body` in a new cancel scope.
 *
 * - **Cancellation:** of the scope ends with the scope, after the body's
 *   cleanup, and the answer is `None`; one from outside passes through.
 *
 * @example Stop from within
 * ```ts
 * import { cancelScope, run, sleepForever } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Option from "effect/Option";
 *
 * const stopped = cancelScope(function* (scope) {
 *   scope.cancel("seen enough");
 *   yield* sleepForever;
 * });
 * assert(Option.isNone(await run(stopped)));
 * ```
 *
 * @param body Handed the scope.
 * @param options A timeout or a deadline, a shield, a name.
 * @returns The body's value, or `None`.
 * @throws {RangeError} If the timeout is negative or NaN, or the deadline NaN.
 */
export function cancelScope<X extends Result>(
  body: Body1<CancelScope, X>,
  options: CancelScopeOptions = {},
): Effect.Effect<Option.Option<SuccessOf<X>>, ErrorOf<X>, ServicesOf<X>> {
  const settings = settingsOf(options);
  return enterScope<X>(() => makeScope(settings, "cancelScope"), body);
}

/**
 * Runs `body` and moves on after `timeout`, whether it is done or not.
 *
 * - **Cancellation:** when the time is over the body is cancelled, cleans up,
 *   and the answer is `None`. A body that ends without waiting again keeps its
 *   value, however late.
 *
 * @example Take an answer while it is fresh
 * ```ts
 * import { moveOnAfter, run, sleep } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Option from "effect/Option";
 *
 * const late = moveOnAfter(1, () => sleep(60_000));
 * assert(Option.isNone(await run(late)));
 * ```
 *
 * @param timeout How long, from entry.
 * @param body Handed the scope.
 * @param options A shield, a name.
 * @returns The body's value, or `None` when the time was over.
 * @throws {RangeError} If `timeout` is negative or NaN.
 */
export function moveOnAfter<X extends Result>(
  timeout: Duration.Input,
  body: Body1<CancelScope, X>,
  options: ScopeOptions = {},
): Effect.Effect<Option.Option<SuccessOf<X>>, ErrorOf<X>, ServicesOf<X>> {
  const action = "move on after a timeout";
  const settings = {
    ...checkScopeOptions(options, action),
    timeout: millisOf(timeout, action),
  };
  return enterScope<X>(() => makeScope(settings, "moveOnAfter"), body);
}

/**
 * Runs `body` and moves on at `deadline`, whether it is done or not.
 *
 * - **Cancellation:** as for {@linkcode moveOnAfter}. A deadline that has passed
 *   cancels at the body's first checkpoint.
 *
 * @example Share one deadline between steps
 * ```ts
 * import { moveOnAt, now, run, sleep } from "espalier";
 * import assert from "node:assert/strict";
 *
 * await run(function* () {
 *   const deadline = now() + 1;
 *   const first = yield* moveOnAt(deadline, () => sleep(60_000));
 *   const second = yield* moveOnAt(deadline, () => sleep(60_000));
 *   assert.deepEqual([first._tag, second._tag], ["None", "None"]);
 * });
 * ```
 *
 * @param deadline When, in milliseconds on the run clock.
 * @param body Handed the scope.
 * @param options A shield, a name.
 * @returns The body's value, or `None` when the time was over.
 * @throws {RangeError} If `deadline` is NaN.
 */
export function moveOnAt<X extends Result>(
  deadline: number,
  body: Body1<CancelScope, X>,
  options: ScopeOptions = {},
): Effect.Effect<Option.Option<SuccessOf<X>>, ErrorOf<X>, ServicesOf<X>> {
  const action = "move on at a deadline";
  const settings = {
    ...checkScopeOptions(options, action),
    deadline: momentOf(deadline, action),
  };
  return enterScope<X>(() => makeScope(settings, "moveOnAt"), body);
}

/**
 * Runs `body` and fails if it is not done after `timeout`.
 *
 * The body is not handed the scope: only the deadline ends it.
 *
 * - **Cancellation:** when the time is over the body is cancelled and cleans up
 *   first. A cancellation from outside passes through and is not "too late".
 * - **Failure:** `DeadlineExceeded` when the time was over; else the body's own.
 *
 * @example Insist on an answer in time
 * ```ts
 * import { DeadlineExceeded, failAfter, run, sleep } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const late = failAfter(1, () => sleep(60_000), { name: "ask" });
 * await assert.rejects(run(late), DeadlineExceeded);
 * ```
 *
 * @param timeout How long, from entry.
 * @param body The body.
 * @param options A shield, a name.
 * @returns The body's value.
 * @throws {RangeError} If `timeout` is negative or NaN.
 */
export function failAfter<X extends Result>(
  timeout: Duration.Input,
  body: Body0<X>,
  options: ScopeOptions = {},
): Effect.Effect<
  SuccessOf<X>,
  ErrorOf<X> | DeadlineExceeded,
  ServicesOf<X>
> {
  const action = "fail after a timeout";
  const settings = {
    ...checkScopeOptions(options, action),
    timeout: millisOf(timeout, action),
  };
  return orTooLate<X>(() => makeScope(settings, "failAfter"), body);
}

/**
 * Runs `body` and fails if it is not done at `deadline`.
 *
 * - **Cancellation:** as for {@linkcode failAfter}.
 * - **Failure:** `DeadlineExceeded` when the time was over; else the body's own.
 *
 * @example Insist on a moment
 * ```ts
 * import { failAt, run } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * assert.equal(await run(failAt(Infinity, Effect.succeed(1))), 1);
 * ```
 *
 * @param deadline When, in milliseconds on the run clock.
 * @param body The body.
 * @param options A shield, a name.
 * @returns The body's value.
 * @throws {RangeError} If `deadline` is NaN.
 */
export function failAt<X extends Result>(
  deadline: number,
  body: Body0<X>,
  options: ScopeOptions = {},
): Effect.Effect<
  SuccessOf<X>,
  ErrorOf<X> | DeadlineExceeded,
  ServicesOf<X>
> {
  const action = "fail at a deadline";
  const settings = {
    ...checkScopeOptions(options, action),
    deadline: momentOf(deadline, action),
  };
  return orTooLate<X>(() => makeScope(settings, "failAt"), body);
}

function checkScopeOptions(options: ScopeOptions, action: string) {
  checkOptions(options, action);
  checkKind(options.name, "string", "name", action);
  checkKind(options.shield, "boolean", "shield", action);
  return options;
}
