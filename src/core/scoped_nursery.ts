import * as Cause from "npm:effect@^4.1.0/Cause";
import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Exit from "npm:effect@^4.1.0/Exit";
import type * as Fiber from "npm:effect@^4.1.0/Fiber";
import * as Scope from "npm:effect@^4.1.0/Scope";
import { failuresOf } from "./error_group.ts";
import { nursery, type NurseryOptions } from "./nursery.ts";
import { suspendOn } from "./suspend_task.ts";
import type { Nursery } from "./task.ts";

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
  return Effect.flatMap(Effect.scope, (scope) => {
    const opening = new ScopedNursery(options, fill);
    // Order: what is to be closed is known to the scope before it is opened. A
    // scope that is closed already calls back at once.
    return Effect.flatMap(
      Scope.addFinalizer(scope, opening.close),
      () =>
        opening.isClosed
          ? Effect.ensuring(opening.open, opening.close)
          : opening.open,
    );
  });
}

/** A nursery on a fiber of its own, which no scope of Effect's knows of. */
class ScopedNursery<A> {
  readonly #options: NurseryOptions;
  readonly #fill: (n: Nursery<unknown, unknown>) => A;
  isClosed = false;
  #nursery: Nursery<unknown, unknown> | undefined = undefined;
  #fiber: Fiber.Fiber<unknown, unknown> | undefined = undefined;

  constructor(
    options: NurseryOptions,
    fill: (n: Nursery<unknown, unknown>) => A,
  ) {
    this.#options = options;
    this.#fill = fill;
  }

  /**
   * Forks where the caller is, not in a region that Effect shields: the fiber
   * must hear the cancellations that the caller hears.
   */
  get open(): Effect.Effect<A> {
    return Effect.contextWith((context) =>
      suspendOn<A, never>(undefined, (settle) => {
        const living = nursery((n: Nursery<unknown, unknown>) => {
          // Handed out first, it could be cancelled, and closed, while empty.
          const value = this.#fill(n);
          this.#nursery = n;
          settle(Exit.succeed(value));
          return untilCancelled;
        }, { ...this.#options, onCancelled: () => undefined });
        this.#fiber = Effect.runForkWith(context)(
          living as Effect.Effect<unknown, unknown>,
        );
        // Only a `fill` that throws ends it before it has been opened.
        this.#fiber.addObserver((exit) => {
          settle(exit as Exit.Exit<never>);
        });
        return undefined;
      })
    );
  }

  readonly close: Effect.Effect<void> = Effect.suspend(() => {
    this.isClosed = true;
    const fiber = this.#fiber;
    const opened = this.#nursery;
    if (fiber === undefined || opened === undefined) return Effect.void;
    opened.cancelScope.cancel("the scope that it was opened in has closed");
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

/** The rest of the body: it keeps the nursery open. */
const untilCancelled = suspendOn<never, never>(
  undefined,
  () => () => "aborted",
);
