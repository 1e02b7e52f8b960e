import * as Effect from "npm:effect@^4.1.0/Effect";
import type * as Scope from "npm:effect@^4.1.0/Scope";
import type { ReceiveChannel } from "../channels/channel.ts";
import { fromPromise } from "../core/from_promise.ts";
import { isThrownCancellation } from "../core/thrown_cancellation.ts";
import { inWords } from "../core/in_words.ts";
import { openPump, type PumpSource } from "./_pump.ts";
import { checkCatch, checkChannel, checkMethod } from "./_refusals.ts";

/** Options for {@linkcode fromReadableStream}. */
export interface FromReadableStreamOptions<E> {
  /** Makes a typed failure of an error of the stream; a defect without it. */
  readonly catch?: (thrown: unknown) => E;
}

/** Options for {@linkcode toReadableStream}. */
export interface ToReadableStreamOptions {
  /** How many values the stream may take ahead of its reader; none by default. */
  readonly highWaterMark?: number;
}

/**
 * Reads a Web Stream as a channel.
 *
 * The stream is locked while the channel is open, and its chunks are read one at
 * a time, each when somebody waits to receive. The channel ends with the stream.
 *
 * - **Order:** that of the stream.
 * - **Cancellation:** a checkpoint. Closing Effect's scope cancels the stream,
 *   which ends a read that is still pending, waits for that, and gives the lock
 *   back; where the scope was cancelled, the reason is its `Cancellation`. A
 *   chunk that arrives after its receiver was cancelled is kept for the next one.
 * - **Failure:** every receive fails with what `catch` makes of the error of the
 *   stream, or dies with it. An error that nobody has received is a defect of the
 *   closing, unless it only says that it was cancelled, as an `AbortError` does.
 *   A stream that is locked already is a defect.
 * - **Backpressure:** chunks are read as they are received; what the stream keeps
 *   in its own queue is its own affair. Closing the last receive handle cancels
 *   the stream.
 *
 * @example Read the first chunk only
 * ```ts
 * import { fromReadableStream, run } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * const body = new Response("hello").body!.pipeThrough(new TextDecoderStream());
 * const first = Effect.scoped(
 *   Effect.flatMap(fromReadableStream(body), (chunks) => chunks.receive),
 * );
 * assert.equal(await run(first), "hello");
 * assert(!body.locked);
 * ```
 *
 * @typeParam T The type of a chunk.
 * @typeParam E How reading can fail.
 * @param source The stream.
 * @param options How to type its errors.
 * @returns A channel, for as long as Effect's scope is open.
 * @throws {TypeError} If `source` is no stream, or `catch` no function.
 */
export function fromReadableStream<T, E = never>(
  source: ReadableStream<T>,
  options: FromReadableStreamOptions<E> = {},
): Effect.Effect<ReceiveChannel<T, E>, never, Scope.Scope> {
  checkMethod(source, "getReader", "read a stream");
  checkCatch(options.catch, "read a stream");
  return openPump("fromReadableStream", () => {
    const reader = source.getReader();
    return {
      capacity: 0,
      catch: options.catch,
      open: (signal) => new ReaderSource(reader, signal),
    };
  });
}

/** A stream that is locked, pulled from by its reader. */
class ReaderSource<T> implements PumpSource<T> {
  readonly #reader: ReadableStreamDefaultReader<T>;
  readonly #signal: AbortSignal;
  #hasFailed = false;

  constructor(reader: ReadableStreamDefaultReader<T>, signal: AbortSignal) {
    this.#reader = reader;
    this.#signal = signal;
  }

  /** A read that is not wanted any more is let go of: `close` ends it. */
  pull(): Effect.Effect<IteratorResult<T, unknown>> {
    const read = fromPromise(
      () => this.#reader.read() as Promise<IteratorResult<T, unknown>>,
      { onCancel: "abandon" },
    );
    return Effect.catchCause(read, (cause) => {
      this.#hasFailed = true;
      return Effect.failCause(cause);
    });
  }

  readonly close: Effect.Effect<void> = fromPromise(async () => {
    try {
      // A stream that has ended does not mind; one that has failed would say it
      // again. The reason of a signal that has not aborted is `undefined`.
      if (!this.#hasFailed) await this.#reader.cancel(this.#signal.reason);
    } catch (thrown) {
      if (!isThrownCancellation(thrown, this.#signal)) throw thrown;
    } finally {
      this.#reader.releaseLock();
    }
  });
}

/**
 * Hands a channel to what takes a Web Stream.
 *
 * - **Order:** that of the channel.
 * - **Cancellation:** called inside a task, the stream errors with the
 *   `Cancellation` when the scope around the call is cancelled while it waits.
 *   Cancelling the stream closes the receive handle.
 * - **Failure:** the stream errors with the failure of the channel, or closes at
 *   its end.
 * - **Backpressure:** a value is received when the stream is read from, and
 *   `highWaterMark` values ahead of that.
 *
 * @example Answer a request with a channel
 * ```ts
 * import { openMemoryChannel, toReadableStream } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const [send, receive] = openMemoryChannel<string>(2);
 * send.trySend("hello ");
 * send.trySend("world");
 * send.close();
 * const body = toReadableStream(receive).pipeThrough(new TextEncoderStream());
 * assert.equal(await new Response(body).text(), "hello world");
 * ```
 *
 * @typeParam T The type of a value.
 * @param channel The receive handle.
 * @param options How far to read ahead.
 * @returns The stream.
 * @throws {TypeError} If `channel` is no channel.
 * @throws {RangeError} If `highWaterMark` is negative or NaN.
 */
export function toReadableStream<T>(
  channel: ReceiveChannel<T, unknown>,
  options: ToReadableStreamOptions = {},
): ReadableStream<T> {
  checkChannel(channel, "make a stream of a channel");
  const { highWaterMark = 0 } = options;
  if (typeof highWaterMark !== "number" || !(highWaterMark >= 0)) {
    throw new RangeError(
      "Cannot make a stream of a channel: 'highWaterMark' must be a number of " +
        `at least 0: received ${inWords(highWaterMark)}`,
    );
  }
  const iterator = channel.toAsyncIterable()[Symbol.asyncIterator]();
  return new ReadableStream<T>({
    async pull(controller) {
      const step = await iterator.next();
      if (step.done) controller.close();
      else controller.enqueue(step.value);
    },
    async cancel() {
      await iterator.return?.();
    },
  }, { highWaterMark });
}
