import { Cancellation } from "./cancellation.ts";
import { Cancelled } from "./cancellation_errors.ts";

/**
 * Does what was thrown say that somebody was cancelled? It may be the reason of
 * `signal` or an `AbortError`, or have come by another way: by the signal of a
 * scope further out, by a run inside the run, or by the future of a task that
 * was cancelled with it.
 */
export function isThrownCancellation(
  thrown: unknown,
  signal: AbortSignal | undefined,
): boolean {
  return thrown instanceof Cancellation || thrown instanceof Cancelled ||
    (thrown instanceof Error && thrown.name === "AbortError") ||
    (signal?.aborted === true && thrown === signal.reason);
}
