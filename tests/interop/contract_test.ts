// The contract of the room, declared again: what is built must fit it.
// deno-lint-ignore-file no-explicit-any
import assert from "node:assert/strict";
import * as interop from "espalier/interop";
import type {
  Body1,
  CancelScope,
  ErrorOf,
  ReceiveChannel,
  Result,
  ServicesOf,
  SuccessOf,
} from "espalier";
import type * as Effect from "effect/Effect";
import type * as Option from "effect/Option";
import type * as Scope from "effect/Scope";

interface Interop {
  fromPromise<A, E = never>(
    fn: (signal: AbortSignal) => PromiseLike<A>,
    options?: {
      catch?: (rejected: unknown) => E;
      onCancel?: "wait" | "abandon";
    },
  ): Effect.Effect<A, E>;
  fromAsyncIterable<T, E = never>(
    source: AsyncIterable<T>,
    options?: { capacity?: number; catch?: (thrown: unknown) => E },
  ): Effect.Effect<ReceiveChannel<T, E>, never, Scope.Scope>;
  toAsyncIterable<T>(channel: ReceiveChannel<T, any>): AsyncIterable<T>;
  fromReadableStream<T, E = never>(
    source: ReadableStream<T>,
    options?: { catch?: (thrown: unknown) => E },
  ): Effect.Effect<ReceiveChannel<T, E>, never, Scope.Scope>;
  toReadableStream<T>(
    channel: ReceiveChannel<T, any>,
    options?: { highWaterMark?: number },
  ): ReadableStream<T>;
  asSafeIterable<T, E = never>(
    generator: (signal: AbortSignal) => AsyncGenerator<T, void, void>,
    options?: { catch?: (thrown: unknown) => E },
  ): Effect.Effect<ReceiveChannel<T, E>, never, Scope.Scope>;
  fromAbortSignal<X extends Result>(
    signal: AbortSignal,
    body: Body1<CancelScope, X>,
  ): Effect.Effect<
    Option.Option<SuccessOf<X>>,
    ErrorOf<X>,
    ServicesOf<X>
  >;
  readonly toAbortSignal: Effect.Effect<AbortSignal, never, Scope.Scope>;
}

Deno.test("espalier/interop fits its contract", () => {
  const room: Interop = interop;

  assert.deepEqual(Object.keys(room).sort(), [
    "asSafeIterable",
    "fromAbortSignal",
    "fromAsyncIterable",
    "fromPromise",
    "fromReadableStream",
    "toAbortSignal",
    "toAsyncIterable",
    "toReadableStream",
  ]);
});
