import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Exit from "npm:effect@^4.1.0/Exit";
import { interruptIfCancelled } from "./_interrupt_if_cancelled.ts";
import {
  callPromise,
  checkPromiseCall,
  failureOf,
  type PromiseOptions,
} from "./_promise_call.ts";
import { waitForPromise } from "./_promise_wait.ts";
import { abortQuietly } from "./_scope_signal.ts";
import { traceForLeaks } from "./leak_port.ts";

/**
 * Calls `fn` and waits for its promise.
 *
 * - **Cancellation:** a checkpoint; a task that is cancelled already does not
 *   call `fn`. When the task is cancelled while it waits, the signal
 *   aborts, with the `Cancellation` as its reason, and the call waits until the
 *   promise settles: a rejection with that reason, or with an `AbortError`, is
 *   the cancellation arriving; anything else is kept. With
 *   `onCancel: "abandon"` the call ends at once and whatever the promise does
 *   later is ignored.
 * - **Failure:** what `catch` makes of a rejection; without `catch` a rejection
 *   is a defect that holds the rejected value itself.
 *
 * @example A typed failure
 * ```ts
 * import { fromPromise, run } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * const missing = fromPromise(() => Promise.reject(new Error("404")), {
 *   catch: (rejected) => ({ _tag: "HttpError" as const, rejected }),
 * });
 * assert.equal((await run(Effect.flip(missing)))._tag, "HttpError");
 * ```
 *
 * @param fn Handed a signal that aborts when the task is cancelled.
 * @param options How to type a rejection, and what to do when cancelled.
 * @returns The value of the promise.
 */
export function fromPromise<A, E = never>(
  fn: (signal: AbortSignal) => PromiseLike<A>,
  options: PromiseOptions<E> = {},
): Effect.Effect<A, E> {
  checkPromiseCall(fn, options);
  const trace = traceForLeaks();
  return Effect.withFiber((fiber) => {
    // A promise may settle faster than it can be aborted: a task that is
    // cancelled already must not get as far as making one.
    if (interruptIfCancelled(fiber)) return Exit.void as Exit.Exit<never>;
    const controller = new AbortController();
    const { signal } = controller;
    return waitForPromise<A, E>(callPromise(fn, signal), {
      subject: { label: "a promise" },
      trace,
      signal: () => signal,
      abort(_byEffect, reason) {
        abortQuietly(controller, reason);
        return options.onCancel === "abandon" ? "aborted" : "tooLate";
      },
      rejected: (thrown) => failureOf(thrown, options),
    });
  });
}
