import type * as Duration from "npm:effect@^4.1.0/Duration";
import type * as Effect from "npm:effect@^4.1.0/Effect";
import * as Fiber from "npm:effect@^4.1.0/Fiber";
import type * as Option from "npm:effect@^4.1.0/Option";
import { DeadlineScope, type ScopeSettings } from "./_deadline_scope.ts";
import { enterScope } from "./_enter_scope.ts";
import { signalOf } from "./_scope_signal.ts";
import { scopeOf } from "./_strand.ts";
import type { Body1, ErrorOf, Result, ServicesOf, SuccessOf } from "./body.ts";
import type { Cancellation } from "./cancellation.ts";
import { checkKind, checkOptions } from "./check_options.ts";
import { millisOf, momentOf } from "./duration.ts";
import { inWords } from "./in_words.ts";

/** Options for a {@linkcode CancelScope}. */
export interface CancelScopeOptions {
  /** How long the body may take, counted from entry. Not with `deadline`. */
  readonly timeout?: Duration.Input;
  /** When the body must be over, in milliseconds on the run clock. */
  readonly deadline?: number;
  /** Whether to keep outer cancellations out. */
  readonly shield?: boolean;
  /** How explanations call the scope. */
  readonly name?: string;
}

/**
 * A region of a task that can be cancelled, by hand or by a deadline.
 *
 * A scope is made, entered once with `run`, and ends with its body. It absorbs
 * its own cancellation: `run` then answers `None`, and the task goes on after
 * it. `cancel`, `deadline` and `shield` may be used before, during and after
 * `run`, from anywhere, and take effect at once.
 *
 * - **Cancellation:** of a scope reaches everything inside it that waits, again
 *   and again, until the scope has ended (R16); its cleanup has run by then. It
 *   is delivered when a task starts or waits in an operation: a body that
 *   returns without waiting again keeps its value. (A loop that never waits is
 *   ended too, after some 200,000 operations.)
 *
 * @example Give up by hand
 * ```ts
 * import { CancelScope, run, sleep } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Option from "effect/Option";
 *
 * const scope = new CancelScope({ name: "search" });
 * scope.cancel("found elsewhere");
 * const result = await run(scope.run(function* () {
 *   yield* sleep(60_000);
 *   return "found";
 * }));
 * assert(Option.isNone(result));
 * assert(scope.cancelledCaught);
 * ```
 */
export class CancelScope {
  readonly #scope: DeadlineScope;

  /**
   * Makes a scope.
   *
   * @param options A timeout or a deadline, a shield, a name.
   * @throws {RangeError} If the timeout is negative or NaN, or the deadline NaN.
   * @throws {TypeError} If both a timeout and a deadline are given, or a shield
   * that is not a boolean.
   */
  constructor(options: CancelScopeOptions = {}) {
    this.#scope = options instanceof DeadlineScope
      ? options
      : new SeenScope(settingsOf(options), this);
  }

  /**
   * Runs `body` inside this scope; good for one body.
   *
   * - **Cancellation:** a cancellation of this scope ends with this scope, and
   *   the answer is `None`; one from outside passes through.
   * - **Failure:** the body's own. A failure that comes out while the scope is
   *   cancelled is kept; only interruptions are absorbed (R9). A second call is
   *   the defect `ScopeReused`.
   *
   * @param body Handed the scope.
   * @returns The body's value, or `None` where the scope was cancelled.
   */
  run<X extends Result>(
    body: Body1<CancelScope, X>,
  ): Effect.Effect<Option.Option<SuccessOf<X>>, ErrorOf<X>, ServicesOf<X>> {
    return enterScope(() => this.#scope, body);
  }

  /**
   * Cancels the scope, now; the first reason stands.
   *
   * Runs no other task. Whatever waits inside is cancelled in its next turn.
   *
   * @param reason Why, for people: it becomes the `message` of the reason.
   */
  cancel(reason?: unknown): void {
    const fiber = Fiber.getCurrent();
    const node = fiber === undefined ? undefined : scopeOf(fiber);
    const run = this.#scope.run ?? node?.run;
    this.#scope.checkDeadline();
    this.#scope.cancelFor(
      { _tag: "Explicit", message: reason },
      node?.owner?.path ?? "host",
      run?.timers.now() ?? performance.now(),
    );
  }

  /**
   * When the scope is cancelled by itself, in milliseconds on the run clock;
   * `Infinity` for never. A moment that has passed strikes at the next
   * checkpoint.
   *
   * @throws {TypeError} If the scope has a timeout and has not been entered.
   */
  get deadline(): number {
    refuseRelative(this.#scope, "read");
    return this.#scope.ownDeadline;
  }

  set deadline(deadline: number) {
    refuseRelative(this.#scope, "write");
    this.#scope.moveDeadline(momentOf(deadline, "set a deadline"));
  }

  /**
   * Whether cancellations from outside are kept out. The scope's own `cancel`
   * and deadline still act. Lowering a shield wakes what waits inside. One that
   * is there from the beginning also keeps out the interruptions of Effect's own
   * operators, until the body has ended; one that is raised later does not.
   *
   * @throws {TypeError} If set to anything but a boolean.
   */
  get shield(): boolean {
    return this.#scope.shielded;
  }

  set shield(shield: boolean) {
    checkShield(shield);
    this.#scope.shielded = shield;
    if (this.#scope.state === "open") this.#scope.spread();
  }

  /** Whether the scope itself was cancelled, or its deadline has passed (R4). */
  get cancelCalled(): boolean {
    if (Fiber.getCurrent() !== undefined) this.#scope.checkDeadline();
    return this.#scope.own !== undefined;
  }

  /** Whether it has absorbed its cancellation (R9). */
  get cancelledCaught(): boolean {
    return this.#scope.caught;
  }

  /** The first cancellation that reached it, its own or one from outside. */
  get cancellation(): Cancellation | undefined {
    return this.#scope.cancellation;
  }

  /** Aborts with `cancellation` when the first cancellation reaches the scope. */
  get signal(): AbortSignal {
    return signalOf(this.#scope);
  }
}

/** The public handle on a scope. */
export function handleOf(scope: DeadlineScope): CancelScope {
  return scope.handle as CancelScope;
}

/** Makes a scope that gets its public handle when somebody wants to see it. */
export function makeScope(
  settings: ScopeSettings,
  defaultName: string,
): DeadlineScope {
  return new HandledScope(settings, defaultName);
}

/** A scope that gets its public handle when somebody wants to see it. */
export class HandledScope extends DeadlineScope {
  protected override makeHandle(): CancelScope {
    return new CancelScope(this as CancelScopeOptions);
  }
}

/** A scope whose public handle was there first. */
class SeenScope extends DeadlineScope {
  readonly #seen: CancelScope;

  constructor(settings: ScopeSettings, seen: CancelScope) {
    super(settings, "cancelScope");
    this.#seen = seen;
  }

  protected override makeHandle(): CancelScope {
    return this.#seen;
  }
}

/** Checks what a scope is made with. */
export function settingsOf(options: CancelScopeOptions): ScopeSettings {
  checkOptions(options, "make a cancel scope");
  const { timeout, deadline, shield, name } = options;
  if (timeout !== undefined && deadline !== undefined) {
    throw new TypeError(
      "Cannot make a cancel scope: it takes a timeout or a deadline, not both",
    );
  }
  checkKind(name, "string", "name", "make a cancel scope");
  if (shield !== undefined) checkShield(shield);
  const action = "make a cancel scope";
  return {
    name,
    shield,
    timeout: timeout === undefined ? undefined : millisOf(timeout, action),
    deadline: deadline === undefined ? undefined : momentOf(deadline, action),
  };
}

function checkShield(shield: unknown): void {
  if (typeof shield === "boolean") return;
  throw new TypeError(
    `Cannot set a shield: it must be a boolean: received ${inWords(shield)}`,
  );
}

function refuseRelative(scope: DeadlineScope, verb: "read" | "write"): void {
  if (!scope.isRelative) return;
  throw new TypeError(
    `Cannot ${verb} the deadline of cancel scope "${scope.name}": ` +
      "it has a timeout and has not been entered",
  );
}
