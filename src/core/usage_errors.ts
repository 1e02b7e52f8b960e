import { ConcurrencyError } from "./errors.ts";

/**
 * Thrown by `startSoon` and `start` of a nursery that has ended.
 *
 * The child was not started. Keep the nursery open for as long as somebody may
 * spawn into it, for example with `sleepForever` as its last statement.
 *
 * @example Spawn after the end
 * ```ts
 * import { type Nursery, nursery, NurseryClosed, run } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * let kept: Nursery | undefined;
 * await run(nursery(function* (n) {
 *   kept = n;
 *   yield* Effect.void;
 * }));
 * assert.throws(() => kept?.startSoon(Effect.void), NurseryClosed);
 * ```
 */
export class NurseryClosed extends ConcurrencyError {
  /** Discriminates this error. */
  readonly _tag = "NurseryClosed";
  /** Shown in stack traces. */
  override readonly name = "NurseryClosed";

  /**
   * Builds the error.
   *
   * @param nursery The name of the nursery.
   */
  constructor(readonly nursery: string) {
    super(`Cannot start a task in nursery "${nursery}": it is closed`);
  }
}

/**
 * Thrown inside a child that calls `started()` a second time.
 *
 * The first call stands. Call it once, when the child is ready to serve.
 *
 * @example Read the message
 * ```ts
 * import { AlreadyStarted } from "espalier";
 * import assert from "node:assert/strict";
 *
 * assert.match(new AlreadyStarted("main/server").message, /^Cannot start/);
 * ```
 */
export class AlreadyStarted extends ConcurrencyError {
  /** Discriminates this error. */
  readonly _tag = "AlreadyStarted";
  /** Shown in stack traces. */
  override readonly name = "AlreadyStarted";

  /**
   * Builds the error.
   *
   * @param task The path of the child.
   */
  constructor(readonly task: string) {
    super(`Cannot start "${task}": it has called started() before`);
  }
}

/**
 * Thrown by `run` when it is called synchronously inside a task.
 *
 * Nothing was run. Inside a task, `yield*` the body instead of running it.
 *
 * @example Run inside a run
 * ```ts
 * import { AlreadyInRun, run } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * await run(Effect.sync(() => {
 *   assert.throws(() => run(Effect.void), AlreadyInRun);
 * }));
 * ```
 */
export class AlreadyInRun extends ConcurrencyError {
  /** Discriminates this error. */
  readonly _tag = "AlreadyInRun";
  /** Shown in stack traces. */
  override readonly name = "AlreadyInRun";

  /**
   * Builds the error.
   *
   * @param task The path of the task that called `run`.
   */
  constructor(readonly task: string) {
    super(`Cannot call run: task "${task}" is inside a run already`);
  }
}

/**
 * Raised when a cancel scope is entered a second time.
 *
 * A scope is good for one body; the body was not run. Make a new scope.
 *
 * @example Enter a scope twice
 * ```ts
 * import { CancelScope, run, ScopeReused } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * const scope = new CancelScope();
 * await run(scope.run(Effect.void));
 * await assert.rejects(run(scope.run(Effect.void)), ScopeReused);
 * ```
 */
export class ScopeReused extends ConcurrencyError {
  /** Discriminates this error. */
  readonly _tag = "ScopeReused";
  /** Shown in stack traces. */
  override readonly name = "ScopeReused";

  /**
   * Builds the error.
   *
   * @param scope The name of the scope.
   */
  constructor(readonly scope: string) {
    super(`Cannot enter cancel scope "${scope}": it has been entered before`);
  }
}

/**
 * Thrown by what belongs to the current task when there is none.
 *
 * Timer and event callbacks, and an async body after its first `await`, are
 * host code: they run outside every task. Ask before the `await`, and keep the
 * answer.
 *
 * @example Ask for the time outside a run
 * ```ts
 * import { NotInRun, now } from "espalier";
 * import assert from "node:assert/strict";
 *
 * assert.throws(() => now(), NotInRun);
 * ```
 */
export class NotInRun extends ConcurrencyError {
  /** Discriminates this error. */
  readonly _tag = "NotInRun";
  /** Shown in stack traces. */
  override readonly name = "NotInRun";

  /**
   * Builds the error.
   *
   * @param action What was tried, as in `read the current task`.
   */
  constructor(readonly action: string) {
    super(`Cannot ${action}: no task is running here`);
  }
}

/**
 * Raised when an invariant of the runtime broke; it cancels the whole run.
 *
 * It is a mistake in Espalier or in a primitive built on `suspendTask`, never
 * in a program that merely uses them. `cause` holds what was thrown. Mend the
 * primitive, or report it to Espalier.
 *
 * @example A primitive whose abort function throws
 * ```ts
 * import { cancelScope, InternalError, run } from "espalier";
 * import { suspendTask } from "espalier/core";
 * import assert from "node:assert/strict";
 *
 * const broken = cancelScope((scope) => {
 *   scope.cancel();
 *   return suspendTask<void>(() => () => {
 *     throw new Error("no verdict");
 *   });
 * });
 * await assert.rejects(run(broken), InternalError);
 * ```
 */
export class InternalError extends ConcurrencyError {
  /** Discriminates this error. */
  readonly _tag = "InternalError";
  /** Shown in stack traces. */
  override readonly name = "InternalError";

  /**
   * Builds the error.
   *
   * @param what Which promise was broken.
   * @param cause What was thrown, if something was.
   */
  constructor(what: string, cause?: unknown) {
    super(what, { cause });
  }
}
