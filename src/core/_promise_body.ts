import * as Effect from "npm:effect@^4.1.0/Effect";
import { defectOf } from "./_failure_origin.ts";
import { abortSignalOf, signalOf } from "./_scope_signal.ts";
import type { ScopeNode } from "./_scope_tree.ts";
import { waitForPromise } from "./_promise_wait.ts";

/**
 * Waits for the promise of an async body.
 *
 * The body ends when its promise does, cancelled or not: the scope's signal
 * tells it to hurry. A rejection with the signal's reason, or with an
 * `AbortError` after the signal aborted, is the cancellation arriving; any
 * other is a defect that holds the rejected value itself.
 */
export function awaitBody(
  promise: PromiseLike<unknown>,
  node: ScopeNode,
): Effect.Effect<unknown> {
  return waitForPromise(promise, {
    subject: { label: "a promise" },
    signal: () => signalOf(node),
    abort(byEffect, reason) {
      if (byEffect) abortSignalOf(node, reason);
      return "tooLate";
    },
    rejected: (thrown) => Effect.failCause(defectOf(thrown)),
  });
}
