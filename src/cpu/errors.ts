import { ConcurrencyError } from "../core/errors.ts";

/**
 * Raised when a task threw, or its promise was rejected.
 *
 * The worker is in good health and has gone on to the next task. `cause` is
 * what was thrown: by class where the class was given to `registerError`, by
 * native class, name, fields and `_tag` otherwise.
 *
 * @example Tell what a task threw
 * ```ts
 * import { TaskFailed } from "espalier/cpu";
 * import assert from "node:assert/strict";
 *
 * const error = new TaskFailed("parse", 3, new SyntaxError("no JSON"));
 * assert.equal(error.message, `Cannot finish "parse" on worker 3: no JSON`);
 * assert(error.cause instanceof SyntaxError);
 * ```
 */
export class TaskFailed extends ConcurrencyError {
  /** Discriminates this error. */
  readonly _tag = "TaskFailed";
  /** Shown in stack traces. */
  override readonly name = "TaskFailed";
  /** Where in the worker it was thrown. */
  readonly farStack: string;
  /** Where on the loop the task was asked for. */
  readonly nearStack: string;

  /**
   * Builds the error.
   *
   * @param task The name of the task.
   * @param worker The number of the worker that ran it.
   * @param cause What was thrown.
   * @param details Where it was thrown, where the task was asked for, and what
   * may be the matter.
   */
  constructor(
    readonly task: string,
    readonly worker: number,
    override readonly cause: unknown,
    details: {
      readonly far?: string;
      readonly near?: string;
      readonly hint?: string | undefined;
    } = {},
  ) {
    const { far = stackOf(cause), near = "", hint } = details;
    const why = `${inWords(cause)}${hint === undefined ? "" : `: ${hint}`}`;
    super(`Cannot finish "${task}" on worker ${worker}: ${why}`);
    this.farStack = far;
    this.nearStack = near;
  }
}

/**
 * Raised when the function of a task cannot be had: its module has no such
 * export, does not load, or may not be read.
 *
 * The task has not started. With `why` being `"permission"`, the message names
 * the flag that Deno wants.
 *
 * @example Read which flag is missing
 * ```ts
 * import { TaskNotFound } from "espalier/cpu";
 * import assert from "node:assert/strict";
 *
 * const error = new TaskNotFound("file:///a.ts", "parse", {
 *   why: "permission",
 *   detail: "it needs --allow-read=/a.ts",
 * });
 * assert.match(error.message, /--allow-read/);
 * ```
 */
export class TaskNotFound extends ConcurrencyError {
  /** Discriminates this error. */
  readonly _tag = "TaskNotFound";
  /** Shown in stack traces. */
  override readonly name = "TaskNotFound";
  /** What is missing. */
  readonly why: "export" | "module" | "permission";

  /**
   * Builds the error.
   *
   * @param module The address of the module.
   * @param task The name of its export.
   * @param reason What is missing, in words too, and what the loader threw.
   */
  constructor(
    readonly module: string,
    readonly task: string,
    reason: {
      readonly why: "export" | "module" | "permission";
      readonly detail: string;
      readonly cause?: unknown;
    },
  ) {
    super(
      `Cannot load "${task}" from ${module}: ${reason.detail}`,
      "cause" in reason ? { cause: reason.cause } : undefined,
    );
    this.why = reason.why;
  }
}

/**
 * Raised when an argument or a result cannot cross between threads.
 *
 * Nothing of the value was sent, and nothing was moved. What Deno would empty
 * without a word is refused too: instances of classes, `URL`, `Headers`.
 *
 * @example Read what cannot cross, and where it is
 * ```ts
 * import { NotSerializable } from "espalier/cpu";
 * import assert from "node:assert/strict";
 *
 * const error = new NotSerializable("args[0].link", "an instance of URL");
 * assert.equal(
 *   error.message,
 *   "Cannot send args[0].link to another thread: it is an instance of URL",
 * );
 * ```
 */
export class NotSerializable extends ConcurrencyError {
  /** Discriminates this error. */
  readonly _tag = "NotSerializable";
  /** Shown in stack traces. */
  override readonly name = "NotSerializable";

  /**
   * Builds the error.
   *
   * @param path Where it is, as in `args[0].deep.headers`.
   * @param kind What it is, as in `an instance of Headers`.
   */
  constructor(readonly path: string, readonly kind: string) {
    super(`Cannot send ${path} to another thread: it is ${kind}`);
  }
}

/**
 * Raised when what `cpuScope` queues has reached its limit.
 *
 * The task has not started. Under `"reject"` it is the newcomer that fails,
 * under `"drop"` the one that has waited longest.
 *
 * @example Read the limit
 * ```ts
 * import { QueueFull } from "espalier/cpu";
 * import assert from "node:assert/strict";
 *
 * const error = new QueueFull(100, "reject");
 * assert.equal(error.message, "Cannot queue another task: 100 are waiting");
 * ```
 */
export class QueueFull extends ConcurrencyError {
  /** Discriminates this error. */
  readonly _tag = "QueueFull";
  /** Shown in stack traces. */
  override readonly name = "QueueFull";

  /**
   * Builds the error.
   *
   * @param limit How many tasks may wait.
   * @param policy What the scope does with one too many.
   */
  constructor(readonly limit: number, readonly policy: "reject" | "drop") {
    super(
      policy === "reject"
        ? `Cannot queue another task: ${limit} are waiting`
        : `Cannot keep the task in the queue: ${limit} newer ones are waiting`,
    );
  }
}

/**
 * Raised when a shared primitive is used whose holder was stopped before it let
 * go: what it guards may be half changed.
 *
 * Every use from then on fails, on every thread. Mend what it guards and call
 * `clearPoison` on a `SharedLock`; replace the others.
 *
 * @example Read who left it so
 * ```ts
 * import { Poisoned } from "espalier/cpu";
 * import assert from "node:assert/strict";
 *
 * const error = new Poisoned("SharedLock", 3, "transfer");
 * assert.equal(
 *   error.message,
 *   'Cannot use SharedLock: "transfer" was stopped on worker 3 while holding it',
 * );
 * ```
 */
export class Poisoned extends ConcurrencyError {
  /** Discriminates this error. */
  readonly _tag = "Poisoned";
  /** Shown in stack traces. */
  override readonly name = "Poisoned";

  /**
   * Builds the error.
   *
   * @param primitive What it is called.
   * @param worker The number of the worker that held it.
   * @param task The name of the task that held it.
   */
  constructor(
    readonly primitive: string,
    readonly worker: number,
    readonly task: string,
  ) {
    super(
      `Cannot use ${primitive}: "${task}" was stopped on worker ${worker} while holding it`,
    );
  }
}

function inWords(cause: unknown): string {
  try {
    return cause instanceof Error ? cause.message : String(cause);
  } catch {
    return "it threw something that cannot be described";
  }
}

function stackOf(cause: unknown): string {
  return cause instanceof Error ? cause.stack ?? "" : "";
}
