import { ConcurrencyError } from "../core/errors.ts";

/**
 * Raised in every task that waits for, or comes to, a point of a `Sequencer`
 * whose order cannot be kept any more; a defect.
 *
 * A point was claimed twice, or a task was cancelled that waited for its point.
 * The body of the point was not run, and none of a later point will be.
 *
 * @example Claim a point twice
 * ```ts
 * import { nursery, run } from "espalier";
 * import { SequenceBroken, Sequencer } from "espalier/testing";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * const order = new Sequencer();
 * await run(order.at(0, Effect.void));
 * await assert.rejects(run(order.at(0, Effect.void)), SequenceBroken);
 * ```
 */
export class SequenceBroken extends ConcurrencyError {
  /** Discriminates this error. */
  readonly _tag = "SequenceBroken";
  /** Shown in stack traces. */
  override readonly name = "SequenceBroken";

  /**
   * Builds the error.
   *
   * @param point The point that was to be reached.
   * @param state Why it never will be.
   */
  constructor(readonly point: number, state: string) {
    super(`Cannot reach point ${point} of a sequence: ${state}`);
  }
}

/**
 * Raised by `assertCheckpoints` about a body that passed no checkpoint; a defect.
 *
 * The body has succeeded. It has done so without a cancel point, without a
 * schedule point, or without either: a loop of such calls starves the others and
 * cannot be cancelled.
 *
 * @example A body that never waits
 * ```ts
 * import { run } from "espalier";
 * import { assertCheckpoints, NoCheckpoint } from "espalier/testing";
 * import assert from "node:assert/strict";
 *
 * await assert.rejects(run(assertCheckpoints(function* () {})), NoCheckpoint);
 * ```
 */
export class NoCheckpoint extends ConcurrencyError {
  /** Discriminates this error. */
  readonly _tag = "NoCheckpoint";
  /** Shown in stack traces. */
  override readonly name = "NoCheckpoint";

  /**
   * Builds the error.
   *
   * @param missing What the body did not pass.
   */
  constructor(readonly missing: string) {
    super(`Cannot find a checkpoint in the body: it passed ${missing}`);
  }
}

/**
 * Raised by `assertNoCheckpoints` about a body in which others could have run, or
 * which could have been cancelled; a defect.
 *
 * The body has succeeded. What it does is not atomic.
 *
 * @example A body that lets others run
 * ```ts
 * import { checkpoint, run } from "espalier";
 * import { assertNoCheckpoints, UnexpectedCheckpoint } from "espalier/testing";
 * import assert from "node:assert/strict";
 *
 * await assert.rejects(
 *   run(assertNoCheckpoints(checkpoint)),
 *   UnexpectedCheckpoint,
 * );
 * ```
 */
export class UnexpectedCheckpoint extends ConcurrencyError {
  /** Discriminates this error. */
  readonly _tag = "UnexpectedCheckpoint";
  /** Shown in stack traces. */
  override readonly name = "UnexpectedCheckpoint";

  /**
   * Builds the error.
   *
   * @param found What the body passed.
   */
  constructor(readonly found: string) {
    super(`Cannot call the body atomic: it passed ${found}`);
  }
}
