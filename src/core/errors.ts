import type { Cancellation } from "./cancellation.ts";

/**
 * The root of every error that Espalier raises on purpose.
 *
 * Catch one kind by its `_tag`, or all of them with `instanceof`.
 *
 * @example Tell ours from the rest
 * ```ts
 * import { ConcurrencyError, DeadlineExceeded } from "espalier";
 * import assert from "node:assert/strict";
 *
 * assert(new DeadlineExceeded("fetch", 250) instanceof ConcurrencyError);
 * ```
 */
export abstract class ConcurrencyError extends Error {
  /** Names the kind of error; equal to the class name. */
  abstract readonly _tag: string;
}

/**
 * Raised when a block outlives the deadline of its `failAfter`, `failAt` or
 * `shield(…, { within })`.
 *
 * By the time it is raised the block has been cancelled and has finished its
 * cleanup: nothing of it is still running. Where being late is an ordinary
 * answer, use `moveOnAfter` instead.
 *
 * @example Read what was late, and by which budget
 * ```ts
 * import { DeadlineExceeded } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const error = new DeadlineExceeded("fetch /docs", 250);
 * assert.equal(error.message, `Cannot finish "fetch /docs" within 250 ms`);
 * ```
 */
export class DeadlineExceeded extends ConcurrencyError {
  /** Discriminates this error. */
  readonly _tag = "DeadlineExceeded";
  /** Shown in stack traces. */
  override readonly name = "DeadlineExceeded";

  /**
   * Builds the error.
   *
   * @param task The name of the block that was late.
   * @param budget How long the block was given, in milliseconds.
   */
  constructor(readonly task: string, readonly budget: number) {
    super(`Cannot finish "${task}" within ${budget} ms`);
  }
}

/**
 * Raised by `nursery.start` when the child ended without calling `started()`.
 *
 * The child has finished: nothing of it is still running. Where the target
 * nursery was cancelled while the child was starting, `cancellation` says by
 * whom.
 *
 * @example A child that forgets to say that it is ready
 * ```ts
 * import { ExitedWithoutStarting, type Nursery, nursery, run } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * const forgetful = nursery(function* (n: Nursery) {
 *   return yield* Effect.flip(n.start(() => Effect.void));
 * });
 * assert((await run(forgetful)) instanceof ExitedWithoutStarting);
 * ```
 */
export class ExitedWithoutStarting extends ConcurrencyError {
  /** Discriminates this error. */
  readonly _tag = "ExitedWithoutStarting";
  /** Shown in stack traces. */
  override readonly name = "ExitedWithoutStarting";

  /**
   * Builds the error.
   *
   * @param task The path of the child.
   * @param cancellation Why the child was cancelled, if it was.
   */
  constructor(
    readonly task: string,
    readonly cancellation: Cancellation | undefined = undefined,
  ) {
    super(
      cancellation === undefined
        ? `Cannot start "${task}": it ended before it called started()`
        : `Cannot start "${task}": ${cancellation.explain()}`,
    );
  }
}

/**
 * Raised when a waiter can never be served, because the task that should have
 * served it has ended.
 *
 * The waiter has left the queue and owns nothing. `brokenBy` holds the paths of
 * the tasks that broke the resource: let them release what they hold, best by
 * `withLock` and its like, and make a new resource.
 *
 * @example Wait in a lot that its keeper has broken
 * ```ts
 * import { run } from "espalier";
 * import { ParkingLot } from "espalier/core";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * const lot = new ParkingLot({ name: "gate" });
 * lot.breakLot();
 * const error = await run(Effect.flip(lot.park));
 * assert.equal(error._tag, "BrokenResource");
 * ```
 */
export class BrokenResource extends ConcurrencyError {
  /** Discriminates this error. */
  readonly _tag = "BrokenResource";
  /** Shown in stack traces. */
  override readonly name = "BrokenResource";

  /**
   * Builds the error.
   *
   * @param resource What is broken, as in `Lock "orders"`.
   * @param brokenBy The paths of the tasks that broke it.
   */
  constructor(readonly resource: string, readonly brokenBy: readonly string[]) {
    super(
      `Cannot wait for ${resource}: it was broken${
        brokenBy.length === 0 ? "" : ` by ${brokenBy.join(", ")}`
      }`,
    );
  }
}
