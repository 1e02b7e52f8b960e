import * as Effect from "npm:effect@^4.1.0/Effect";
import type * as Option from "npm:effect@^4.1.0/Option";
import type * as Scope from "npm:effect@^4.1.0/Scope";
import type {
  Body1,
  ErrorOf,
  Result,
  ServicesOf,
  SuccessOf,
} from "../core/body.ts";
import { checkBody } from "../core/check_body.ts";
import { type CancelScope, handleOf, makeScope } from "../core/cancel_scope.ts";
import type { CancelReason } from "../core/cancel_reason.ts";
import type { Cancellation } from "../core/cancellation.ts";
import { signalHere } from "../core/signal_here.ts";
import { runningTask } from "../core/task.ts";
import { checkMethod } from "./_refusals.ts";

/**
 * Runs `body` in a cancel scope that an `AbortSignal` cancels.
 *
 * - **Cancellation:** when the signal aborts, the scope is cancelled with the
 *   signal's reason, and the answer is `None`; one from outside passes through.
 *   A signal that has aborted already cancels at the body's first checkpoint. The
 *   signal is let go of when the body has ended.
 * - **Failure:** the body's own.
 *
 * @example Stop when the client has gone
 * ```ts
 * import { fromAbortSignal, run, sleep } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Option from "effect/Option";
 *
 * const client = new AbortController();
 * const answered = run(fromAbortSignal(client.signal, function* (scope) {
 *   scope.signal.addEventListener("abort", () => {
 *     assert.match(scope.cancellation!.explain(), /"gone"/);
 *   });
 *   yield* sleep(60_000);
 * }));
 * client.abort("gone");
 * assert(Option.isNone(await answered));
 * ```
 *
 * @param signal The signal.
 * @param body Handed the scope.
 * @returns The body's value, or `None` where the scope was cancelled.
 * @throws {TypeError} If `signal` is no signal, or `body` no body.
 */
export function fromAbortSignal<X extends Result>(
  signal: AbortSignal,
  body: Body1<CancelScope, X>,
): Effect.Effect<Option.Option<SuccessOf<X>>, ErrorOf<X>, ServicesOf<X>> {
  checkMethod(signal, "addEventListener", "listen to an AbortSignal");
  checkBody(body);
  return Effect.suspend(() => {
    const scope = makeScope({}, "fromAbortSignal");
    const abort = () => {
      cancel(scope, { _tag: "Aborted", reason: signal.reason });
    };
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
    return Effect.ensuring(
      handleOf(scope).run(body),
      Effect.sync(() => signal.removeEventListener("abort", abort)),
    );
  });
}

/**
 * A signal for what outlives a call and has to end with the scopes around here.
 *
 * It aborts when the innermost cancel scope is cancelled, with the
 * `Cancellation` as its reason, and at the latest when Effect's scope closes:
 * nothing that listens to it is left without word.
 *
 * - **Cancellation:** never waits, and never fails.
 *
 * @example Give a callback API a signal
 * ```ts
 * import { moveOnAfter, run, sleepForever, toAbortSignal } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * let heard = "";
 * await run(moveOnAfter(1, Effect.scoped(Effect.gen(function* () {
 *   const signal = yield* toAbortSignal;
 *   signal.addEventListener("abort", () => {
 *     heard = signal.reason.explain();
 *   });
 *   yield* sleepForever;
 * }))));
 * assert.match(heard, /"moveOnAfter" was cancelled by the host .* passed$/);
 * ```
 */
export const toAbortSignal: Effect.Effect<AbortSignal, never, Scope.Scope> =
  Effect.map(
    Effect.acquireRelease(Effect.sync(openSignal), closeSignal),
    ({ signal }) => signal,
  );

interface OpenSignal {
  readonly signal: AbortSignal;
  close(): void;
}

/** A scope that nobody enters: what it has is a signal, and a first reason. */
function openSignal(): OpenSignal {
  const scope = makeScope({}, "toAbortSignal");
  const above = signalHere();
  const abort = () => scope.cancelWith(above!.reason as Cancellation);
  if (above?.aborted) abort();
  else above?.addEventListener("abort", abort, { once: true });
  return {
    signal: handleOf(scope).signal,
    close() {
      above?.removeEventListener("abort", abort);
      cancel(scope, {
        _tag: "Explicit",
        message: "the scope that it was made in has closed",
      });
    },
  };
}

function closeSignal(open: OpenSignal): Effect.Effect<void> {
  return Effect.sync(() => open.close());
}

/** Cancels on behalf of whoever runs now. */
function cancel(
  scope: ReturnType<typeof makeScope>,
  reason: CancelReason,
): void {
  scope.cancelFor(
    reason,
    runningTask()?.path ?? "host",
    scope.run?.timers.now() ?? performance.now(),
  );
}
