import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import {
  asSafeIterable,
  fromAbortSignal,
  fromAsyncIterable,
  fromReadableStream,
  openMemoryChannel,
  toAsyncIterable,
  toReadableStream,
} from "espalier";
import { refusalTests, slip } from "../support/refusals.ts";
import { virtualTest } from "../support/virtual_test.ts";

const [, receive] = openMemoryChannel<number>(1);
const { signal } = new AbortController();
const items = {
  async *[Symbol.asyncIterator]() {},
};

refusalTests({
  "fromAsyncIterable() of an array": [
    () => fromAsyncIterable(slip([1])),
    "TypeError",
    "Cannot read an async iterable: received an array",
  ],
  "fromAsyncIterable() of nothing": [
    () => fromAsyncIterable(slip(undefined)),
    "TypeError",
    "Cannot read an async iterable: received undefined",
  ],
  "fromAsyncIterable() with a negative capacity": [
    () => fromAsyncIterable(items, { capacity: -1 }),
    "RangeError",
    "Cannot open a channel: the capacity must be an integer of at least 0 or " +
    "Infinity: received -1",
  ],
  "fromAsyncIterable() with a catch that is no function": [
    () => fromAsyncIterable(items, { catch: slip("E") }),
    "TypeError",
    "Cannot read an async iterable: 'catch' must be a function: received \"E\"",
  ],
  "toAsyncIterable() of what is no channel": [
    () => toAsyncIterable(slip(items)),
    "TypeError",
    "Cannot iterate over a channel: received an object",
  ],
  "toAsyncIterable() of nothing": [
    () => toAsyncIterable(slip(undefined)),
    "TypeError",
    "Cannot iterate over a channel: received undefined",
  ],
  "fromReadableStream() of nothing": [
    () => fromReadableStream(slip(undefined)),
    "TypeError",
    "Cannot read a stream: received undefined",
  ],
  "fromReadableStream() of a response": [
    () => fromReadableStream(slip(new Response("body"))),
    "TypeError",
    "Cannot read a stream: received an object of class Response",
  ],
  "fromReadableStream() with a catch that is no function": [
    () => fromReadableStream(new ReadableStream(), { catch: slip({}) }),
    "TypeError",
    "Cannot read a stream: 'catch' must be a function: received an object",
  ],
  "toReadableStream() of nothing": [
    () => toReadableStream(slip(null)),
    "TypeError",
    "Cannot make a stream of a channel: received null",
  ],
  "toReadableStream() with a mark in words": [
    () => toReadableStream(receive, { highWaterMark: slip("1") }),
    "RangeError",
    "Cannot make a stream of a channel: 'highWaterMark' must be a number of " +
    'at least 0: received "1"',
  ],
  "toReadableStream() with a mark below 0": [
    () => toReadableStream(receive, { highWaterMark: -1 }),
    "RangeError",
    "Cannot make a stream of a channel: 'highWaterMark' must be a number of " +
    "at least 0: received -1",
  ],
  "asSafeIterable() of a generator that was called already": [
    () => asSafeIterable(slip(items[Symbol.asyncIterator]())),
    "TypeError",
    "Cannot run an async generator: it takes the function: received an " +
    "object of class AsyncGenerator",
  ],
  "asSafeIterable() with a catch that is no function": [
    () => asSafeIterable(async function* () {}, { catch: slip(1) }),
    "TypeError",
    "Cannot run an async generator: 'catch' must be a function: received 1",
  ],
  "fromAbortSignal() without a signal": [
    () => fromAbortSignal(slip(undefined), () => Effect.void),
    "TypeError",
    "Cannot listen to an AbortSignal: received undefined",
  ],
  "fromAbortSignal() with a controller": [
    () => fromAbortSignal(slip(new AbortController()), () => Effect.void),
    "TypeError",
    "Cannot listen to an AbortSignal: received an object of class " +
    "AbortController",
  ],
  "fromAbortSignal() without a body": [
    () => fromAbortSignal(signal, slip(undefined)),
    "TypeError",
    "Cannot run a body: it is not an Effect, a generator function or an " +
    "async function: received undefined",
  ],
});

virtualTest(
  "asSafeIterable() dies by its first receive where the function answers no generator",
  function* () {
    const defect = yield* Effect.scoped(Effect.gen(function* () {
      const answers = yield* asSafeIterable<number>(slip(() => 1));
      return yield* Effect.catchDefect(
        answers.receive,
        (it) => Effect.succeed(it),
      );
    }));
    assert(defect instanceof TypeError);
    assert.equal(
      defect.message,
      "Cannot run an async generator: the function answered none: received 1",
    );
  },
);
