/**
 * Where Espalier meets the platform: promises, signals, iterables, streams.
 *
 * @module
 */

export { fromPromise } from "../core/from_promise.ts";
