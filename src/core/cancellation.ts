import { type CancelReason, explainReason } from "./cancel_reason.ts";

/**
 * What is known of a cancellation at the moment it is asked for.
 *
 * @example Make a record by hand, as for a test
 * ```ts
 * import { Cancellation, type CancellationDetails } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const details: CancellationDetails = {
 *   reason: { _tag: "Shutdown" },
 *   scope: "server",
 *   requestedBy: "host",
 *   at: 0,
 * };
 * assert.match(new Cancellation(details).explain(), /the run is ending$/);
 * ```
 */
export interface CancellationDetails {
  /** Why. */
  readonly reason: CancelReason;
  /** The name of the scope that was cancelled. */
  readonly scope: string;
  /** The path of the task that asked for it, or `"host"`. */
  readonly requestedBy: string;
  /** When, in milliseconds on the run clock. */
  readonly at: number;
  /** Where it was asked for, when the run captures stacks. */
  readonly stack?: string | undefined;
}

/**
 * Who cancelled what, why, and when.
 *
 * It is the reason of the scope's `AbortSignal`, and it is attached to every
 * interruption that the cancellation causes: `cancellationOf(cause)` reads it
 * there. The first cancellation of a scope stands; later ones change nothing.
 *
 * @example Ask a scope why it was cancelled
 * ```ts
 * import { cancelScope, run, sleep } from "espalier";
 * import assert from "node:assert/strict";
 *
 * await run(function* () {
 *   yield* cancelScope(function* (scope) {
 *     scope.cancel("enough");
 *     assert.equal(scope.cancellation?.requestedBy, "main");
 *     assert.match(scope.cancellation.explain(), /"search".*"enough"/);
 *     yield* sleep(1000);
 *   }, { name: "search" });
 * });
 * ```
 */
export class Cancellation {
  /** Why the scope was cancelled. */
  readonly reason: CancelReason;
  /** The name of the scope that was cancelled. */
  readonly scope: string;
  /** The path of the task that asked for it, or `"host"`. */
  readonly requestedBy: string;
  /** When it was asked for, in milliseconds on the run clock. */
  readonly at: number;
  /** Where it was asked for, when the run captures stacks. */
  declare readonly stack?: string;
  readonly #route: readonly string[];

  /**
   * Builds a record of a cancellation.
   *
   * @param details Who, what, why and when.
   * @param route The scopes, nurseries and tasks it travelled through, from
   * the cancelled scope inwards.
   */
  constructor(details: CancellationDetails, route: readonly string[] = []) {
    this.reason = details.reason;
    this.scope = details.scope;
    this.requestedBy = details.requestedBy;
    this.at = details.at;
    if (details.stack !== undefined) this.stack = details.stack;
    this.#route = route;
  }

  /**
   * Tells the whole story in words: which scope, by whom, why, when, and
   * through which scopes, nurseries and tasks it travelled to get here.
   *
   * @returns One line.
   */
  explain(): string {
    const story = `scope "${this.scope}" was cancelled by ` +
      `${this.requestedBy === "host" ? "the host" : `"${this.requestedBy}"`} ` +
      `at ${round(this.at)} ms: ${explainReason(this.reason)}`;
    return this.#route.length === 0
      ? story
      : `${story}; it came through ${this.#route.join(" → ")}`;
  }

  /**
   * Answers the same cancellation as seen from further inside.
   *
   * @param route Everything it has travelled through to get there.
   * @returns A record with the same reason and a longer route.
   */
  through(route: readonly string[]): Cancellation {
    return route.length === 0 ? this : new Cancellation(this, route);
  }
}

function round(at: number): number {
  return Math.round(at * 1000) / 1000;
}
