import type * as Duration from "npm:effect@^4.1.0/Duration";
import * as Effect from "npm:effect@^4.1.0/Effect";
import type { AnyBody } from "../core/any_body.ts";
import type { ErrorOf, Result, ServicesOf, SuccessOf } from "../core/body.ts";
import { checkpointIfCancelled } from "../core/checkpoint.ts";
import { effectOfHere } from "../core/body_here.ts";
import { checkBody } from "../core/check_body.ts";
import { sourceOf, thenClean } from "../core/item_source.ts";
import { Feed } from "./_feed.ts";
import { concurrencyOf, type Member, startInTurn } from "./_members.ts";
import { paceFor } from "./_pace.ts";
import { collect, type Results } from "./_results.ts";

/** Options for {@linkcode mapConcurrent}. */
export interface MapConcurrentOptions {
  /** How many bodies may run at once: a positive integer or Infinity. */
  readonly concurrency: number;
  /**
   * Whether results keep the order of the items, as they do by default, or have
   * that in which the bodies finished.
   */
  readonly ordered?: boolean;
  /** At most `limit` bodies start within any `interval`. */
  readonly rate?: {
    /** A positive integer. */
    readonly limit: number;
    /** A length of time; a number is milliseconds. */
    readonly interval: Duration.Input;
  };
}

/**
 * Runs `body` on every item, at most `concurrency` at a time, and collects the
 * results.
 *
 * Each body is a task of its own, named for the index of its item, as in
 * `task-17`. Items are pulled one at a time, and only when there is a place for
 * a body: what comes from a generator or from the network is never read ahead.
 *
 * - **Order:** bodies start in item order. Results keep item order however the
 *   bodies finish, unless `ordered` is `false`.
 * - **Cancellation:** a checkpoint, also without items. Cancelling the caller
 *   cancels every running body, and the call ends after the last cleanup.
 * - **Failure:** the first failure cancels the bodies still running, waits for
 *   their cleanup, and is the failure of the call; items not yet reached never
 *   start. What goes wrong meanwhile is kept in the same cause, in order, and
 *   what was typed stays typed. Items that throw while being pulled are a defect.
 *   When the call is cut short, the iterator is closed with its `return()` after
 *   the last cleanup, and that is awaited.
 * - **Backpressure:** no more than `concurrency` items are held at once.
 *
 * @example Measure pages, two at a time
 * ```ts
 * import { mapConcurrent, run, sleep } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const sizes = mapConcurrent(
 *   ["/", "/docs", "/blog"],
 *   function* (path) {
 *     yield* sleep(1);
 *     return path.length;
 *   },
 *   { concurrency: 2 },
 * );
 * assert.deepEqual(await run(sizes), [1, 5, 5]);
 * ```
 *
 * @example Be polite to a server
 * ```ts
 * import { mapConcurrent, now, run } from "espalier";
 * import { VirtualClock } from "espalier/testing";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * const started = mapConcurrent([1, 2, 3], () => Effect.sync(now), {
 *   concurrency: 3,
 *   rate: { limit: 2, interval: "1 second" },
 * });
 * const clock = new VirtualClock({ autojump: true });
 * assert.deepEqual(await run(started, { clock }), [0, 0, 1000]);
 * ```
 *
 * @typeParam A The type of an item.
 * @typeParam X What a body gives back.
 * @param items The items. An iterator that can be walked only once serves one
 * run of the Effect.
 * @param body Handed the item, its index and a signal.
 * @param options How wide, in which order and how fast to run.
 * @returns The results.
 * @throws {RangeError} If `concurrency` or `rate.limit` is not a positive
 * integer (Infinity is one for `concurrency`), or `rate.interval` is negative,
 * NaN or infinite.
 * @throws {TypeError} If `items` cannot be iterated over, or `body` is no body.
 *
 * @see `gather` for a fixed set of unlike bodies.
 */
export function mapConcurrent<A, X extends Result>(
  items: Iterable<A> | AsyncIterable<A>,
  body: (item: A, index: number, signal: AbortSignal) => X,
  options: MapConcurrentOptions,
): Effect.Effect<Array<SuccessOf<X>>, ErrorOf<X>, ServicesOf<X>> {
  const limit = concurrencyOf(options?.concurrency, "map items");
  checkBody(body);
  const openSource = sourceOf(items, "map items");
  const beginPace = paceFor(options.rate);
  const { ordered = true } = options;
  const mapped = isList(items) && options.rate === undefined
    ? () => mapList(items, body, limit, ordered)
    : () => {
      const source = openSource();
      const feed = (results: Results<unknown>) =>
        new Feed(source, body, limit, beginPace(), results).run();
      return thenClean(collect(NAME, ordered, feed), source.close);
    };
  return Effect.flatMap(checkpointIfCancelled, mapped) as Effect.Effect<
    Array<SuccessOf<X>>,
    ErrorOf<X>,
    ServicesOf<X>
  >;
}

const NAME = "mapConcurrent";

/** Does iterating over it run nobody's code? */
function isList(items: unknown): items is readonly unknown[] {
  return Array.isArray(items) &&
    items[Symbol.iterator] === Array.prototype[Symbol.iterator];
}

/** The same without a task that pulls: each body that ends starts the next. */
function mapList(
  items: readonly unknown[],
  body: AnyBody,
  limit: number,
  ordered: boolean,
): Effect.Effect<unknown[], unknown, unknown> {
  return collect(NAME, ordered, (results) => {
    let index = 0;
    const next = (): Member | undefined =>
      // The list may grow meanwhile, as under an iterator.
      index < items.length
        ? { body: effectOfHere(body, [items[index], index++]) }
        : undefined;
    startInTurn(next, limit, results);
    return Effect.void;
  });
}
