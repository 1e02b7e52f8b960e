/**
 * Where Espalier meets the platform: promises, signals, iterables, streams.
 *
 * @module
 */

export { fromAbortSignal, toAbortSignal } from "./abort_signal.ts";
export {
  fromAsyncIterable,
  type FromAsyncIterableOptions,
  toAsyncIterable,
} from "./async_iterable.ts";
export { fromPromise } from "../core/from_promise.ts";
export {
  fromReadableStream,
  type FromReadableStreamOptions,
  toReadableStream,
  type ToReadableStreamOptions,
} from "./readable_stream.ts";
export { asSafeIterable, type AsSafeIterableOptions } from "./safe_iterable.ts";
