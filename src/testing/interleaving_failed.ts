import { ConcurrencyError } from "../core/errors.ts";

/**
 * What an {@linkcode InterleavingFailed} has to tell.
 *
 * @example Take the token out of a failure
 * ```ts
 * import type { InterleavingReport } from "espalier/testing";
 *
 * const tokenOf = ({ token }: InterleavingReport): string => token;
 * ```
 */
export interface InterleavingReport {
  /** The name of the test. */
  readonly test: string;
  /** How many interleavings were run, the failing one included. */
  readonly interleavings: number;
  /** The seed of the test. */
  readonly seed: number;
  /** One line from which the test runs the same interleaving again. */
  readonly token: string;
  /** Which task did what, in order. */
  readonly story: string;
}

/**
 * Raised by a `concurrencyTest` that failed: the message tells the interleaving,
 * the seed and the token, `cause` is what the body failed with.
 *
 * To run the same interleaving again, set `ESPALIER_REPLAY` to the token.
 *
 * @example Where to find what
 * ```ts
 * import { InterleavingFailed } from "espalier/testing";
 * import assert from "node:assert/strict";
 *
 * const error = new InterleavingFailed({
 *   test: "two increments",
 *   interleavings: 3,
 *   seed: 7,
 *   token: "esp1.two~20increments.p0..3-68vjut",
 *   story: "0 ms  main  begins",
 * }, new Error("1 !== 2"));
 * assert.match(error.message, /ESPALIER_REPLAY=esp1/);
 * ```
 */
export class InterleavingFailed extends ConcurrencyError {
  /** Discriminates this error. */
  readonly _tag = "InterleavingFailed";
  /** Shown in stack traces. */
  override readonly name = "InterleavingFailed";

  /**
   * Builds the error.
   *
   * @param report What to tell.
   * @param cause What the body failed with.
   */
  constructor(readonly report: InterleavingReport, cause: unknown) {
    const { test, interleavings, seed, token, story } = report;
    const what = cause instanceof Error ? cause.message.trim() : String(cause);
    super(
      [
        `Cannot pass "${test}": ${what}`,
        "",
        story,
        "",
        `Interleaving ${interleavings}, seed ${seed}. To run it again:`,
        `ESPALIER_REPLAY=${token}`,
      ].join("\n"),
      { cause },
    );
  }
}
