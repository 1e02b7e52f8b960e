import * as Cause from "npm:effect@^4.1.0/Cause";
import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Exit from "npm:effect@^4.1.0/Exit";
import type * as Fiber from "npm:effect@^4.1.0/Fiber";
import type * as Scope from "npm:effect@^4.1.0/Scope";
import { failuresOf } from "./error_group.ts";
import { nursery, type NurseryOptions } from "./nursery.ts";
import { suspendOn } from "./suspend_task.ts";
import type { Nursery } from "./task.ts";

interface Opened<A> {
  readonly nursery: Nursery<unknown, unknown>;
  readonly fiber: Fiber.Fiber<unknown, unknown>;
  readonly value: A;
}

/**
 * Opens a nursery that lives as long as Effect's scope: for what runs behind a
 * value that is handed out.
 *
 * Its children are under the cancel scopes around the call, and belong to the
 * task that called.
 *
 * - **Cancellation:** a schedule point. Closing Effect's scope cancels the
 *   children and waits for the last cleanup.
 * - **Failure:** what failed in the nursery by then is a defect of the closing.
 *
 * @param options As for `nursery`.
 * @param fill Starts the first children; what it answers is the answer.
 */
export function openNursery<A>(
  options: NurseryOptions,
  fill: (n: Nursery<unknown, unknown>) => A,
): Effect.Effect<A, never, Scope.Scope> {
  return Effect.map(
    Effect.acquireRelease(open(options, fill), close),
    (opened) => opened.value,
  );
}

/**
 * The children are started inside the body: were the nursery handed out first,
 * it could be cancelled, and closed, before it has any.
 */
function open<A>(
  options: NurseryOptions,
  fill: (n: Nursery<unknown, unknown>) => A,
): Effect.Effect<Opened<A>> {
  return Effect.contextWith((context) =>
    suspendOn<Opened<A>, never>(undefined, (settle) => {
      const living = nursery((n: Nursery<unknown, unknown>) => {
        const value = fill(n);
        settle(Effect.sync(() => ({ nursery: n, fiber, value })));
        return untilCancelled;
      }, { ...options, onCancelled: () => undefined });
      const fiber = Effect.runForkWith(context)(
        living as Effect.Effect<unknown, unknown>,
      );
      // Only a `fill` that throws ends it before it has been opened.
      fiber.addObserver((exit) => void settle(exit as Exit.Exit<never>));
      return undefined;
    })
  );
}

/** The rest of the body: it keeps the nursery open. */
const untilCancelled = suspendOn<never, never>(
  undefined,
  () => () => "aborted",
);

function close(
  { nursery, fiber }: Opened<unknown>,
): Effect.Effect<void> {
  return Effect.suspend(() => {
    nursery.cancelScope.cancel("the scope that it was opened in has closed");
    const ended = suspendOn<Exit.Exit<unknown, unknown>, never>(
      undefined,
      (settle) => {
        fiber.addObserver((exit) => void settle(Exit.succeed(exit)));
        return undefined;
      },
    );
    return Effect.flatMap(ended, (exit) => {
      const failures = Exit.isFailure(exit) ? failuresOf(exit.cause) : [];
      return failures.length === 0
        ? Effect.void
        : Effect.failCause(Cause.fromReasons(failures) as Cause.Cause<never>);
    });
  });
}
