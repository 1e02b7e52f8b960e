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
  readonly #before: Cancellation | undefined;
  readonly #step: string | undefined;

  /**
   * Builds a record of a cancellation.
   *
   * @param details Who, what, why and when.
   */
  constructor(details: CancellationDetails) {
    this.reason = details.reason;
    this.scope = details.scope;
    this.requestedBy = details.requestedBy;
    this.at = details.at;
    if (details.stack !== undefined) this.stack = details.stack;
    const { before, step } = details as Partial<Step>;
    this.#before = before;
    this.#step = step;
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
    const route = this.#route();
    return route.length === 0
      ? story
      : `${story}; it came through ${route.join(" → ")}`;
  }

  /**
   * Answers the same cancellation as seen from further inside.
   *
   * @param step What it has travelled through to get there.
   * @returns A record with the same reason and a route that is one step longer.
   */
  through(step: string): Cancellation {
    const { reason, scope, requestedBy, at, stack } = this;
    const next: Step = {
      reason,
      scope,
      requestedBy,
      at,
      stack,
      before: this,
      step,
    };
    return new Cancellation(next);
  }

  /** Each record knows its last step only, so that a deep tree shares them. */
  #route(): string[] {
    if (this.#step === undefined) return [];
    const route = [this.#step];
    let before = this.#before;
    while (before !== undefined && before.#step !== undefined) {
      route.push(before.#step);
      before = before.#before;
    }
    return route.reverse();
  }
}

/** A cancellation that has travelled one step further. */
interface Step extends CancellationDetails {
  readonly before: Cancellation;
  readonly step: string;
}

function round(at: number): number {
  return Math.round(at * 1000) / 1000;
}
