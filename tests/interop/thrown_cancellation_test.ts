// A source that throws because it was told to stop has not failed, in whatever
// way it was told.

import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type * as Scope from "effect/Scope";
import {
  asSafeIterable,
  cancelScope,
  fromAsyncIterable,
  fromReadableStream,
  mapConcurrent,
  openMemoryChannel,
  type ReceiveChannel,
  run,
  sleepForever,
} from "espalier";
import { virtualTest } from "../support/virtual_test.ts";
import { moveOnAfterTurns } from "./support/turns.ts";

type Open = () => Effect.Effect<
  ReceiveChannel<number, unknown>,
  never,
  Scope.Scope
>;

const SOURCES: Record<string, Open> = {
  "an async iterable of another channel": () => {
    const [, other] = openMemoryChannel<number>(0);
    return Effect.suspend(() => fromAsyncIterable(other.toAsyncIterable()));
  },
  "a generator that reads another channel": () => {
    const [, other] = openMemoryChannel<number>(0);
    return asSafeIterable(async function* () {
      yield* other.toAsyncIterable();
    });
  },
  "a generator with a run inside": () =>
    asSafeIterable(async function* (signal) {
      await undefined;
      yield await run(sleepForever, { signal });
    }),
  "a generator that throws the reason in its cleanup": () =>
    asSafeIterable(async function* (signal) {
      try {
        yield 1;
      } finally {
        await undefined;
        signal.throwIfAborted();
      }
    }),
  "a generator with a run in its cleanup": () =>
    asSafeIterable(async function* (signal) {
      try {
        yield 1;
      } finally {
        await undefined;
        await run(sleepForever, { signal });
      }
    }),
  "a stream with a run in its cancel()": () =>
    Effect.suspend(() =>
      fromReadableStream(
        new ReadableStream<number>({
          async cancel(reason) {
            await undefined;
            await run(sleepForever, { signal: AbortSignal.abort(reason) });
          },
        }),
      )
    ),
};

for (const [name, open] of Object.entries(SOURCES)) {
  virtualTest(
    `${name} has not failed where it was cancelled (R14)`,
    function* () {
      const ended = yield* moveOnAfterTurns(
        12,
        () =>
          Effect.scoped(Effect.gen(function* () {
            const items = yield* open();
            yield* Effect.orDie(items.forEach(() => sleepForever));
          })),
      );
      assert(Option.isNone(ended));
    },
  );
}

virtualTest(
  "mapConcurrent() over the values of a channel ends as cancelled",
  function* () {
    const [, receive] = openMemoryChannel<number>(0);
    const ended = yield* moveOnAfterTurns(
      12,
      () =>
        Effect.suspend(() =>
          mapConcurrent(receive.toAsyncIterable(), () => Effect.void, {
            concurrency: 2,
          })
        ),
    );
    assert(Option.isNone(ended));
    assert.equal(receive.statistics().waitingReceivers, 0);
  },
);

virtualTest(
  "a generator that fails in its cleanup has failed, cancelled or not",
  function* () {
    const defect = new Error("worn out");
    const broken = cancelScope((scope) =>
      Effect.scoped(Effect.gen(function* () {
        const items = yield* asSafeIterable<number>(async function* () {
          try {
            yield 1;
            yield 2;
          } finally {
            await Promise.reject(defect);
          }
        });
        yield* Effect.orDie(items.receive);
        scope.cancel();
        yield* sleepForever;
      }))
    );
    const died = yield* Effect.catchDefect(broken, (it) => Effect.succeed(it));
    assert.equal(died, defect);
  },
);
