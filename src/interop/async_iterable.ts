import type * as Effect from "npm:effect@^4.1.0/Effect";
import type * as Scope from "npm:effect@^4.1.0/Scope";
import type { ReceiveChannel } from "../channels/channel.ts";
import { openFallibleChannel } from "../channels/fallible_channel.ts";
import { AsyncSource } from "../core/item_source.ts";
import { openPump } from "./_pump.ts";
import { checkCatch, checkChannel, checkMethod } from "./_refusals.ts";

/** Options for {@linkcode fromAsyncIterable}. */
export interface FromAsyncIterableOptions<E> {
  /** How many items may be read ahead of whoever receives; none by default. */
  readonly capacity?: number;
  /** Makes a typed failure of what the iterator throws; a defect without it. */
  readonly catch?: (thrown: unknown) => E;
}

/**
 * Reads an async iterable as a channel.
 *
 * A task of its own calls `next()`, one call at a time, and only when somebody
 * waits to receive, or there is room to read ahead. The channel ends when the
 * iterator is done.
 *
 * - **Order:** that of the iterator.
 * - **Cancellation:** a checkpoint. Closing Effect's scope closes the iterator
 *   with its `return()` and waits for that: a generator has run its `finally`
 *   blocks before the program goes on. A `next()` that is still pending has no
 *   way to be told; an iterator without `return()` is let go of. An item that
 *   arrives after its receiver was cancelled is kept for the next one.
 * - **Failure:** every receive fails with what `catch` makes of what the iterator
 *   threw, or dies with it. What `return()` throws is a defect of the closing,
 *   unless it only says that it was cancelled, as an `AbortError` does.
 * - **Backpressure:** the iterator is not asked for more than `capacity` items
 *   ahead. Closing the last receive handle closes the iterator.
 *
 * @example Take two of many
 * ```ts
 * import { fromAsyncIterable, run } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * const trail: string[] = [];
 * async function* count() {
 *   try {
 *     for (let i = 1;; i++) yield await Promise.resolve(i);
 *   } finally {
 *     trail.push("closed");
 *   }
 * }
 * const sum = Effect.scoped(Effect.gen(function* () {
 *   const numbers = yield* fromAsyncIterable(count());
 *   return (yield* numbers.receive) + (yield* numbers.receive);
 * }));
 * assert.equal(await run(sum), 3);
 * assert.deepEqual(trail, ["closed"]);
 * ```
 *
 * @typeParam T The type of an item.
 * @typeParam E How reading can fail.
 * @param source The async iterable.
 * @param options How far to read ahead, and how to type what it throws.
 * @returns A channel, for as long as Effect's scope is open.
 * @throws {TypeError} If `source` is not an async iterable, or `catch` no
 * function.
 * @throws {RangeError} If `capacity` is not an integer of at least 0 or Infinity.
 */
export function fromAsyncIterable<T, E = never>(
  source: AsyncIterable<T>,
  options: FromAsyncIterableOptions<E> = {},
): Effect.Effect<ReceiveChannel<T, E>, never, Scope.Scope> {
  const { capacity = 0 } = options;
  // Refuses a bad capacity now; the channel itself is opened by each run.
  openFallibleChannel(capacity);
  checkMethod(source, Symbol.asyncIterator, "read an async iterable");
  checkCatch(options.catch, "read an async iterable");
  return openPump("fromAsyncIterable", () => {
    const iterator = source[Symbol.asyncIterator]();
    return {
      capacity,
      catch: options.catch,
      open: () => new AsyncSource<T>(iterator),
    };
  });
}

/**
 * Hands a channel to what takes an async iterable: the same as the channel's own
 * `toAsyncIterable()`.
 *
 * - **Cancellation:** called inside a task, a loop that waits ends with the
 *   cancellation of the scope around the call.
 * - **Failure:** the loop throws the failure of the channel.
 * - **Backpressure:** one item is received for each `next()`, and none ahead.
 *   Leaving the loop early closes the handle.
 *
 * @example Loop over a channel
 * ```ts
 * import { openMemoryChannel, toAsyncIterable } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const [send, receive] = openMemoryChannel<string>(2);
 * send.trySend("a");
 * send.trySend("b");
 * send.close();
 * const seen: string[] = [];
 * for await (const letter of toAsyncIterable(receive)) seen.push(letter);
 * assert.deepEqual(seen, ["a", "b"]);
 * ```
 *
 * @typeParam T The type of an item.
 * @param channel The receive handle.
 * @returns The iterable.
 * @throws {TypeError} If `channel` is no channel.
 */
export function toAsyncIterable<T>(
  channel: ReceiveChannel<T, unknown>,
): AsyncIterable<T> {
  checkChannel(channel, "iterate over a channel");
  return channel.toAsyncIterable();
}
