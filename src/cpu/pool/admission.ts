import * as Cause from "npm:effect@^4.1.0/Cause";
import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Exit from "npm:effect@^4.1.0/Exit";
import type { Limiter } from "../cpu_task.ts";

/**
 * Runs `work` with a token of the limiter, which is given back however it ends
 * (R64). A limiter that throws when it is given back replaces the result; the
 * failure of the work is attached to what it threw.
 */
export function admitted<A, E>(
  limiter: Limiter,
  work: Effect.Effect<A, E>,
): Effect.Effect<A, E> {
  return Effect.suspend(() => {
    const borrower = { cpuTask: true };
    return Effect.uninterruptibleMask((restore) =>
      Effect.flatMap(
        restore(limiter.acquireOnBehalfOf(borrower)),
        () =>
          Effect.matchCauseEffect(restore(work), {
            onSuccess: (value) =>
              release(limiter, borrower, Exit.succeed(value)),
            onFailure: (cause) =>
              release(limiter, borrower, Exit.failCause(cause)),
          }),
      )
    );
  });
}

function release<A, E>(
  limiter: Limiter,
  borrower: object,
  exit: Exit.Exit<A, E>,
): Exit.Exit<A, E> {
  try {
    limiter.releaseOnBehalfOf(borrower);
    return exit;
  } catch (thrown) {
    if (Exit.isSuccess(exit)) return Exit.die(thrown);
    const failed = Cause.squash(exit.cause);
    if (thrown instanceof Error && thrown.cause === undefined) {
      Object.defineProperty(thrown, "cause", {
        value: failed,
        configurable: true,
        writable: true,
      });
    }
    const interrupted = exit.cause.reasons.filter((reason) =>
      reason._tag === "Interrupt"
    );
    return Exit.failCause(
      Cause.fromReasons<E>([...Cause.die(thrown).reasons, ...interrupted]),
    );
  }
}
