import { ConcurrencyError } from "../core/errors.ts";

/**
 * Something that outlived a test.
 *
 * @example Name one
 * ```ts
 * import type { Leak } from "espalier/testing";
 *
 * const leak: Leak = { what: `Lock "orders"`, madeAt: undefined };
 * ```
 */
export interface Leak {
  /** What it is, and who has it. */
  readonly what: string;
  /** The place that made it, where that is known. */
  readonly madeAt: string | undefined;
}

/**
 * Raised by a `concurrencyTest` whose body left something behind: a task, a
 * scope, a timer, a promise that somebody waits for, a worker, a port, a child
 * process, a lock that is held, a channel on which somebody waits.
 *
 * What can be ended was ended after it was found.
 *
 * @example Read what was left, and who made it
 * ```ts
 * import { Leaked } from "espalier/testing";
 * import assert from "node:assert/strict";
 *
 * const error = new Leaked([
 *   { what: "timer of 50 ms", madeAt: "file:///shop_test.ts:12:7" },
 * ]);
 * assert.match(error.message, /timer of 50 ms, made at .*shop_test\.ts:12:7/);
 * ```
 */
export class Leaked extends ConcurrencyError {
  /** Discriminates this error. */
  readonly _tag = "Leaked";
  /** Shown in stack traces. */
  override readonly name = "Leaked";

  /**
   * Builds the error.
   *
   * @param leaks What was left behind.
   */
  constructor(readonly leaks: readonly Leak[]) {
    const lines = leaks.map(({ what, madeAt }) =>
      `  ${what}${madeAt === undefined ? "" : `, made at ${madeAt}`}`
    );
    super(`Cannot end the test: it leaves behind\n${lines.join("\n")}`);
  }
}
