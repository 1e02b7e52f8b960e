import { ConcurrencyError } from "../core/errors.ts";

/**
 * Raised when every task is blocked, no timer is set and nothing of the host is
 * in flight: nothing can ever happen again.
 *
 * The message names each blocked task, what it waits for and who holds that, and
 * the circle in which they wait for each other, if there is one. The tasks were
 * cancelled after it was written.
 *
 * @example Read who waits for whom
 * ```ts
 * import { Lock, nursery, sleep } from "espalier";
 * import { Deadlock, explore } from "espalier/testing";
 * import assert from "node:assert/strict";
 *
 * const { failure } = await explore(() => {
 *   const lock = new Lock({ name: "orders" });
 *   return lock.withLock(nursery(function* (n) {
 *     n.startSoon(lock.withLock(sleep(1)), { name: "worker" });
 *     yield* sleep(2);
 *   }));
 * });
 * assert(failure?.error instanceof Deadlock);
 * assert.match(failure.error.message, /worker waits for Lock "orders"/);
 * ```
 */
export class Deadlock extends ConcurrencyError {
  /** Discriminates this error. */
  readonly _tag = "Deadlock";
  /** Shown in stack traces. */
  override readonly name = "Deadlock";

  /**
   * Builds the error.
   *
   * @param report Who waits for what, in lines.
   * @param cycle The paths of the tasks that wait for each other in a circle.
   */
  constructor(report: string, readonly cycle: readonly string[]) {
    super(`Cannot go on: every task is blocked\n${report}`);
  }
}

/**
 * Raised when a promise of the host keeps every task waiting for so long that it
 * seems never to settle.
 *
 * No clock jumps over a promise in flight, so a deadline of the body does not
 * strike while it is waited for. The tasks were cancelled after the message was
 * written. Give the body a promise that settles, in place of the real one.
 *
 * @example What it says
 * ```ts
 * import { PromiseOverdue } from "espalier/testing";
 * import assert from "node:assert/strict";
 *
 * const error = new PromiseOverdue(10_000, "main  waits for a promise");
 * assert.match(error.message, /has not settled for 10000 ms\nmain {2}waits/);
 * ```
 */
export class PromiseOverdue extends ConcurrencyError {
  /** Discriminates this error. */
  readonly _tag = "PromiseOverdue";
  /** Shown in stack traces. */
  override readonly name = "PromiseOverdue";

  /**
   * Builds the error.
   *
   * @param waitedMs For how long it was waited for, in real milliseconds.
   * @param report Who waits for what, in lines.
   */
  constructor(readonly waitedMs: number, report: string) {
    super(
      "Cannot go on: a promise of the host has not settled for " +
        `${Math.round(waitedMs)} ms\n${report}`,
    );
  }
}

/**
 * Raised when the interleaving of a token cannot be run, because the body takes
 * other turns than when the token was made.
 *
 * The body was run, on the way that the token tells as far as it could be gone.
 * Either the body has changed since, or it depends on something other than the
 * order of its tasks: real time, chance, the network.
 *
 * @example Replay a token with another body
 * ```ts
 * import { checkpoint, nursery } from "espalier";
 * import { explore, replay, ReplayDiverged } from "espalier/testing";
 * import assert from "node:assert/strict";
 *
 * const failing = () => nursery(function* (n) {
 *   n.startSoon(checkpoint);
 *   n.startSoon(checkpoint);
 *   yield* checkpoint;
 *   throw new Error("no");
 * });
 * const { failure } = await explore(failing);
 * const { failure: other } = await replay(failure!.token, () => checkpoint);
 * assert(other?.error instanceof ReplayDiverged);
 * ```
 */
export class ReplayDiverged extends ConcurrencyError {
  /** Discriminates this error. */
  readonly _tag = "ReplayDiverged";
  /** Shown in stack traces. */
  override readonly name = "ReplayDiverged";

  /**
   * Builds the error.
   *
   * @param cause How the body failed this time, if it did.
   */
  constructor(cause?: unknown) {
    super(
      "Cannot replay the interleaving: the body takes other turns than when " +
        "the token was made",
      { cause },
    );
  }
}

/**
 * Raised when a body that is explored takes other turns in the same
 * interleaving.
 *
 * Its interleavings cannot be told apart, so nothing is proved and no failure
 * could be replayed. What depends on real time, chance or the network has to be
 * replaced: by `sleep` and `now`, by a seeded generator, by a double.
 *
 * @example A body that tosses a coin
 * ```ts
 * import { checkpoint, nursery } from "espalier";
 * import { explore, NotDeterministic } from "espalier/testing";
 * import assert from "node:assert/strict";
 *
 * let tosses = 0;
 * const { failure } = await explore(() => nursery(function* (n) {
 *   const children = tosses++ % 2 === 0 ? 2 : 3;
 *   for (let i = 0; i < children; i++) n.startSoon(checkpoint);
 *   yield* checkpoint;
 * }));
 * assert(failure?.error instanceof NotDeterministic);
 * ```
 */
export class NotDeterministic extends ConcurrencyError {
  /** Discriminates this error. */
  readonly _tag = "NotDeterministic";
  /** Shown in stack traces. */
  override readonly name = "NotDeterministic";

  /**
   * Builds the error.
   *
   * @param detail What was different the second time.
   */
  constructor(readonly detail: string) {
    super(`Cannot explore the body: it is not deterministic: ${detail}`);
  }
}

/**
 * Raised when one interleaving takes so many steps that it seems to have no end.
 *
 * The tasks were cancelled. A loop that waits for a condition by calling
 * `checkpoint` again and again, instead of waiting for an event, looks like this
 * in the interleaving in which the others never get their turn.
 *
 * @example Two tasks that are polite for ever
 * ```ts
 * import { checkpoint } from "espalier";
 * import { EndlessInterleaving, explore } from "espalier/testing";
 * import assert from "node:assert/strict";
 *
 * const { failure } = await explore(function* () {
 *   for (;;) yield* checkpoint;
 * });
 * assert(failure?.error instanceof EndlessInterleaving);
 * ```
 */
export class EndlessInterleaving extends ConcurrencyError {
  /** Discriminates this error. */
  readonly _tag = "EndlessInterleaving";
  /** Shown in stack traces. */
  override readonly name = "EndlessInterleaving";

  /**
   * Builds the error.
   *
   * @param steps How many steps were taken.
   */
  constructor(readonly steps: number) {
    super(`Cannot finish an interleaving: it has taken ${steps} steps`);
  }
}
