// Every bridge on a scheduler that takes turns away between operations, with
// cancellations, and interruptions of Effect's, at random places.

import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Stream from "effect/Stream";
import {
  asSafeIterable,
  cancelScope,
  checkpoint,
  fromAbortSignal,
  fromAsyncIterable,
  fromReadableStream,
  type Nursery,
  nursery,
  openMemoryChannel,
  type ReceiveChannel,
  toAbortSignal,
  toReadableStream,
} from "espalier";
import type * as Scope from "effect/Scope";
import type { Dice } from "../support/dice.ts";
import { preemptedTest } from "../support/preempting.ts";
import { turns } from "./support/turns.ts";

const ITEMS = 8;

/** What a source has given, and whether it has been closed. */
interface Ledger {
  given: number;
  opened: number;
  closed: number;
}

type Open = (
  ledger: Ledger,
) => Effect.Effect<ReceiveChannel<number, unknown>, never, Scope.Scope>;

const SOURCES: Record<string, Open> = {
  "fromAsyncIterable()": (ledger) => fromAsyncIterable(counting(ledger)),
  "fromAsyncIterable() ahead": (ledger) =>
    fromAsyncIterable(counting(ledger), { capacity: 2 }),
  "asSafeIterable()": (ledger) => asSafeIterable(() => counting(ledger)),
  "fromReadableStream()": (ledger) =>
    Effect.suspend(() => {
      const stream = new ReadableStream<number>({
        async pull(controller) {
          await undefined;
          if (ledger.given < ITEMS) return controller.enqueue(ledger.given++);
          ledger.closed++;
          controller.close();
        },
        cancel: () => void ledger.closed++,
      }, { highWaterMark: 0 });
      // It is the bridge's from here on; before that nobody has it.
      const getReader = () => {
        ledger.opened++;
        return ReadableStream.prototype.getReader.call(stream);
      };
      return fromReadableStream(Object.assign(stream, { getReader }));
    }),
};

for (const [name, open] of Object.entries(SOURCES)) {
  preemptedTest(
    `${name} brings every item once and in order, wherever turns are taken away`,
    (dice) =>
      Effect.gen(function* () {
        const ledger = emptyLedger();
        const got: number[] = [];
        yield* Effect.scoped(Effect.gen(function* () {
          const items = yield* open(ledger);
          const keep = (item: number) => Effect.sync(() => got.push(item));
          yield* dice(2) === 0
            ? items.forEach(keep)
            : Stream.runForEach(items.toStream(), keep);
        }));
        assert.deepEqual(got, Array.from({ length: ITEMS }, (_, at) => at));
        assert.deepEqual([ledger.opened, ledger.closed], [1, 1]);
      }),
  );

  preemptedTest(
    `${name} cut short has closed its source, wherever turns are taken away`,
    (dice) =>
      Effect.gen(function* () {
        const ledger = emptyLedger();
        const got: number[] = [];
        const reading = Effect.scoped(Effect.gen(function* () {
          const items = yield* open(ledger);
          yield* items.forEach((item) =>
            Effect.andThen(
              Effect.sync(() => got.push(item)),
              turns(dice(3)),
            )
          );
        }));
        yield* cutShort(dice, reading);
        const { opened, closed, given } = ledger;
        assert.equal(opened, closed, "the source is still open");
        assert.deepEqual(
          got,
          Array.from({ length: got.length }, (_, at) => at),
        );
        yield* turns(4);
        assert.equal(ledger.given, given, "somebody still reads");
      }),
  );
}

preemptedTest(
  "asSafeIterable() keeps what a cancelled receiver did not take, wherever turns are taken away (R14)",
  (dice) =>
    Effect.gen(function* () {
      const ledger = emptyLedger();
      const got: number[] = [];
      yield* Effect.scoped(Effect.gen(function* () {
        const items = yield* asSafeIterable(() => counting(ledger));
        yield* nursery(function* (n: Nursery) {
          for (let i = 0; i < 4; i++) {
            const taking = n.startSoon(function* () {
              got.push(yield* Effect.orDie(items.receive));
            });
            yield* turns(dice(9));
            taking.cancel();
            yield* taking.outcome;
          }
        });
        yield* items.forEach((item) => Effect.sync(() => got.push(item)));
      }));
      assert.deepEqual(got, Array.from({ length: ITEMS }, (_, at) => at));
    }),
);

preemptedTest(
  "toReadableStream() gives every value once, wherever turns are taken away",
  (dice) => {
    const [send, receive] = openMemoryChannel<number>(dice(3));
    const got: number[] = [];
    return nursery(function* (n: Nursery) {
      const stream = toReadableStream(receive, { highWaterMark: dice(2) });
      const reading = n.startSoon(async () => {
        for await (const value of stream) got.push(value);
      });
      for (let value = 0; value < ITEMS; value++) {
        yield* Effect.orDie(send.send(value));
        yield* turns(dice(3));
      }
      send.close();
      yield* reading;
      assert.deepEqual(got, Array.from({ length: ITEMS }, (_, at) => at));
    });
  },
);

preemptedTest(
  "fromAbortSignal() ends with its body or with its signal, wherever turns are taken away",
  (dice) =>
    nursery(function* (n: Nursery) {
      const controller = new AbortController();
      let inside = 0;
      const working = Effect.acquireUseRelease(
        Effect.sync(() => void inside++),
        () => Effect.as(Effect.andThen(turns(dice(8)), checkpoint), "value"),
        () => Effect.sync(() => void inside--),
      );
      const answering = n.startSoon(
        fromAbortSignal(controller.signal, () => working),
      );
      yield* turns(dice(9));
      controller.abort("enough");
      const answer = yield* answering;
      assert.equal(inside, 0);
      assert.equal(Option.getOrElse(answer, () => "value"), "value");
      assert(controller.signal.aborted);
      // A signal that has aborted already, and a promise that heeds it.
      const late = yield* fromAbortSignal(controller.signal, checkpoint);
      assert(Option.isNone(late));
      const heeded = yield* fromAbortSignal(
        controller.signal,
        (_scope, signal) =>
          Promise.resolve().then(() => signal.throwIfAborted()),
      );
      assert(Option.isNone(heeded));
    }),
);

preemptedTest(
  "toAbortSignal aborts when its scope ends, and not before, wherever turns are taken away",
  (dice) =>
    nursery(function* (n: Nursery) {
      let made: AbortSignal | undefined;
      const scoped = n.startSoon(
        cancelScope((scope) =>
          Effect.scoped(Effect.gen(function* () {
            const signal = made = yield* toAbortSignal;
            assert.equal(signal.aborted, scope.cancellation !== undefined);
            yield* turns(dice(6));
            assert.equal(signal.aborted, scope.cancellation !== undefined);
            if (dice(2) === 0) scope.cancel();
            assert.equal(signal.aborted, scope.cancellation !== undefined);
            yield* checkpoint;
          }))
        ),
      );
      yield* turns(dice(6));
      scoped.cancel();
      yield* scoped.outcome;
      assert(made === undefined || made.aborted);
    }),
);

type Running = Effect.Effect<unknown, unknown>;

function cutShort(dice: Dice, running: Running): Running {
  if (dice(2) === 0) return Effect.timeoutOption(running, dice(3));
  return nursery(function* (n: Nursery) {
    const done = n.startSoon(Effect.orDie(running));
    yield* turns(dice(30));
    done.cancel();
    yield* done.outcome;
  });
}

function emptyLedger(): Ledger {
  return { given: 0, opened: 0, closed: 0 };
}

async function* counting(ledger: Ledger): AsyncGenerator<number, void, void> {
  ledger.opened++;
  try {
    while (ledger.given < ITEMS) {
      await undefined;
      yield ledger.given++;
    }
  } finally {
    await undefined;
    ledger.closed++;
  }
}
