import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Exit from "npm:effect@^4.1.0/Exit";
import * as Option from "npm:effect@^4.1.0/Option";
import { inWords } from "../core/in_words.ts";
import { attemptOrWait } from "../core/checkpoint.ts";
import { Future, whenSettled } from "../core/future.ts";

/** Options for {@linkcode waitFor}. */
export interface WaitForOptions {
  /**
   * What to wait for: the end of one, of one that failed, or of all. Where none
   * fails, `"first-failure"` waits for all.
   */
  readonly until: "first" | "first-failure" | "all";
}

/**
 * Which futures have ended, and which have not; each in the order given.
 *
 * @example Nothing is left
 * ```ts
 * import { Future, run, type Waited, waitFor } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const { future, resolver } = Future.make<number>();
 * resolver.succeed(1);
 * const waited: Waited<Future<number>> = await run(
 *   waitFor([future], { until: "all" }),
 * );
 * assert.deepEqual(waited, { done: [future], pending: [] });
 * ```
 *
 * @typeParam F The type of a future.
 */
export interface Waited<F> {
  /** Those that have ended, however they did. */
  readonly done: ReadonlyArray<F>;
  /** Those that have not. */
  readonly pending: ReadonlyArray<F>;
}

/**
 * Waits until one, the first failing one, or all of some futures have ended.
 *
 * It only looks: no future is cancelled, and none is taken. A future that has
 * failed is `done` and fails nobody here; take it with `yield*`, or look with
 * `poll()`. A future whose task was cancelled is done, and has not failed.
 *
 * - **Order:** `done` and `pending` are in the order of `futures`. More than one
 *   may be done when the first is.
 * - **Cancellation:** a checkpoint, also without futures. A waiter that is
 *   cancelled leaves no trace.
 * - **Cost:** one wait, however many futures there are.
 *
 * @example Whichever comes first
 * ```ts
 * import { nursery, run, sleep, waitFor } from "espalier";
 * import assert from "node:assert/strict";
 *
 * await run(nursery(function* (n) {
 *   const quick = n.startSoon(sleep(1));
 *   const slow = n.startSoon(sleep(60_000));
 *   const { done, pending } = yield* waitFor([slow, quick], { until: "first" });
 *   assert.deepEqual([done, pending], [[quick], [slow]]);
 *   slow.cancel("too late");
 * }));
 * ```
 *
 * @typeParam F The type of a future.
 * @param futures The futures, read when `waitFor` is called.
 * @param options Until when.
 * @returns Which are done and which are pending when the wait is over.
 * @throws {TypeError} If `until` is none of the three, or `futures` holds
 * anything else or cannot be iterated over.
 */
export function waitFor<F extends Future<unknown, unknown>>(
  futures: Iterable<F>,
  options: WaitForOptions,
): Effect.Effect<Waited<F>> {
  const until = options?.until;
  if (!POLICIES.has(until)) {
    throw new TypeError(
      `Cannot wait for futures: 'until' must be "first", "first-failure" or ` +
        `"all": received ${inWords(until)}`,
    );
  }
  if (typeof Object(futures)[Symbol.iterator] !== "function") {
    throw new TypeError(
      `Cannot wait for futures: it takes an iterable of them: received ${
        inWords(futures)
      }`,
    );
  }
  const all = [...futures];
  const stranger = all.findIndex((future) => !(future instanceof Future));
  if (stranger >= 0) {
    throw new TypeError(
      `Cannot wait for futures: each must be a Future: received ${
        inWords(all[stranger])
      }`,
    );
  }
  const waited = attemptOrWait<void, never>(
    SUBJECT,
    () => isOver(all, until) ? { result: Exit.void } : undefined,
    (settle) => watch(all, until, () => settle(Exit.void)),
  );
  return Effect.map(waited, () => ({
    done: all.filter(isDone),
    pending: all.filter((future) => !isDone(future)),
  }));
}

const POLICIES = new Set(["first", "first-failure", "all"]);
const SUBJECT = { label: "one or more futures" };

type AnyFuture = Future<unknown, unknown>;

/** Is there nothing left to wait for? */
function isOver(
  futures: readonly AnyFuture[],
  until: WaitForOptions["until"],
): boolean {
  if (until !== "all" && futures.some(until === "first" ? isDone : hasFailed)) {
    return true;
  }
  return futures.every(isDone);
}

/** Calls `over` when the wait is over; answers how to stop watching. */
function watch(
  futures: readonly AnyFuture[],
  until: WaitForOptions["until"],
  over: () => void,
): () => "aborted" {
  const pending = futures.filter((future) => !isDone(future));
  let left = pending.length;
  const callOffs = pending.map((future) =>
    whenSettled(future, () => {
      left--;
      const isEnough = until === "first" ||
        (until === "first-failure" && hasFailed(future));
      if (left === 0 || isEnough) {
        stop();
        over();
      }
      return false;
    })
  );
  const stop = () => {
    for (const callOff of callOffs) callOff();
    return "aborted" as const;
  };
  return stop;
}

function isDone(future: AnyFuture): boolean {
  return Option.isSome(future.poll());
}

function hasFailed(future: AnyFuture): boolean {
  return future.status === "failed";
}
