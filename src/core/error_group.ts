import type * as Cause from "npm:effect@^4.1.0/Cause";
import { Cancelled } from "./cancellation_errors.ts";
import { interruptedByEffect } from "./_promise_wait.ts";
import { cancellationOf, taskPathOf } from "./provenance.ts";

/**
 * Several failures, kept as one at the promise edge.
 *
 * `errors` holds the failures in the order in which they happened and `paths`
 * the task that each came from; interruptions are only in `cause`.
 *
 * @example Two children fail
 * ```ts
 * import { ErrorGroup, type Nursery, nursery, run } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * const error = await run(nursery(function* (n: Nursery<string>) {
 *   n.startSoon(Effect.fail("first"), { name: "a" });
 *   n.startSoon(Effect.fail("second"), { name: "b" });
 *   yield* Effect.void;
 * })).catch((error) => error);
 * assert(error instanceof ErrorGroup);
 * assert.deepEqual(error.errors, ["first", "second"]);
 * assert.deepEqual(error.paths, ["main/a", "main/b"]);
 * ```
 */
export class ErrorGroup extends AggregateError {
  /** Discriminates this error. */
  readonly _tag = "ErrorGroup";
  /** Shown in stack traces. */
  override readonly name = "ErrorGroup";
  /** The path of the task of each of `errors`. */
  readonly paths: readonly string[];
  /** The whole cause, interruptions included. */
  override readonly cause: Cause.Cause<unknown>;

  /**
   * Builds the error.
   *
   * @param cause What happened; its failures and defects become `errors`.
   */
  constructor(cause: Cause.Cause<unknown>) {
    const failures = failuresOf(cause);
    const paths = failures.map((reason) => taskPathOf(reason) ?? "main");
    super(
      failures.map(errorOf),
      `Cannot finish the run: ${failures.length} failures, in ${
        paths.map((path) => `"${path}"`).join(", ")
      }`,
    );
    this.paths = paths;
    this.cause = cause;
  }
}

/**
 * What a promise rejects with for a cause: the failure itself where there is
 * one, an {@linkcode ErrorGroup} where there are several, `Cancelled` where
 * there is nothing but interruption.
 */
export function rejectionOf(cause: Cause.Cause<unknown>): unknown {
  const failures = failuresOf(cause);
  if (failures.length > 1) return new ErrorGroup(cause);
  const [only] = failures;
  if (only !== undefined) return errorOf(only);
  return new Cancelled(cancellationOf(cause) ?? interruptedByEffect());
}

type Failure = Cause.Fail<unknown> | Cause.Die;

/** The reasons of a cause that are not interruptions. */
export function failuresOf(
  cause: Cause.Cause<unknown>,
): ReadonlyArray<Failure> {
  return cause.reasons.filter((reason) => reason._tag !== "Interrupt");
}

/** The value that a task failed or died with. */
export function errorOf(failure: Failure): unknown {
  return failure._tag === "Fail" ? failure.error : failure.defect;
}
