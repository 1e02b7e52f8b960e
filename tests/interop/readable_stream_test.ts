import assert from "node:assert/strict";
import {
  cancelScope,
  ChannelClosed,
  EndOfChannel,
  fromReadableStream,
  gather,
  nursery,
  openFallibleChannel,
  openMemoryChannel,
  type ReceiveChannel,
  run,
  toReadableStream,
} from "espalier";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type * as Scope from "effect/Scope";
import fc from "fast-check";
import { stopAtEveryStep } from "../../src/testing/_injection.ts";
import { failuresOf } from "../combinators/support/bodies.ts";
import { scoped } from "../support/scoped.ts";
import { virtualTest } from "../support/virtual_test.ts";
import { moveOnAfterTurns, turns } from "./support/turns.ts";

/** Counts, and tells what happens to it. */
class Counter {
  pulled = 0;
  cancelled: unknown[] = [];
  readonly stream: ReadableStream<number>;

  constructor(last = Infinity, cancel: () => unknown = () => {}) {
    this.stream = new ReadableStream<number>({
      pull: (controller) => {
        if (this.pulled === last) controller.close();
        else controller.enqueue(++this.pulled);
      },
      cancel: async (reason) => {
        await Promise.resolve();
        this.cancelled.push(reason);
        await cancel();
      },
    }, { highWaterMark: 0 });
  }
}

virtualTest(
  "fromReadableStream() receives the chunks in order, up to the end",
  function* () {
    const { stream } = new Counter(3);
    yield* scoped(function* () {
      const numbers = yield* fromReadableStream(stream);
      const seen: number[] = [];
      yield* numbers.forEach((n) => Effect.sync(() => void seen.push(n)));

      assert.deepEqual(seen, [1, 2, 3]);
      assert.ok((yield* Effect.flip(numbers.receive)) instanceof EndOfChannel);
    });
    assert.equal(stream.locked, false);
  },
);

virtualTest(
  "fromReadableStream() reads a chunk when somebody waits for it, and not before",
  function* () {
    const counter = new Counter();
    yield* scoped(function* () {
      const numbers = yield* fromReadableStream(counter.stream);
      yield* turns(10);
      assert.equal(counter.pulled, 0);

      yield* numbers.receive;
      yield* turns(10);
      assert.equal(counter.pulled, 1);
    });
  },
);

virtualTest(
  "fromReadableStream() holds the lock for as long as the channel is open",
  function* () {
    const { stream } = new Counter();
    yield* scoped(function* () {
      yield* fromReadableStream(stream);
      assert.equal(stream.locked, true);
    });

    assert.equal(stream.locked, false);
  },
);

virtualTest(
  "fromReadableStream() has cancelled the stream before the program goes on",
  function* () {
    const counter = new Counter();
    yield* scoped(function* () {
      const numbers = yield* fromReadableStream(counter.stream);
      yield* numbers.receive;
    });

    assert.equal(counter.cancelled.length, 1);
  },
);

virtualTest(
  "fromReadableStream() cancels a stream that nobody has read",
  function* () {
    const counter = new Counter();
    yield* scoped(function* () {
      yield* fromReadableStream(counter.stream);
    });

    assert.equal(counter.cancelled.length, 1);
  },
);

virtualTest(
  "fromReadableStream() does not cancel what has come to its end",
  function* () {
    const counter = new Counter(0);
    yield* scoped(function* () {
      const numbers = yield* fromReadableStream(counter.stream);
      yield* Effect.flip(numbers.receive);
    });

    assert.deepEqual(counter.cancelled, []);
  },
);

virtualTest(
  "fromReadableStream() ends a pending read, and tells the stream why",
  function* () {
    const cancelled: unknown[] = [];
    const stuck = new ReadableStream<number>({
      cancel: (reason) => void cancelled.push(reason),
    });

    const answer = yield* moveOnAfterTurns(
      5,
      () =>
        Effect.orDie(scoped(function* () {
          const numbers = yield* fromReadableStream(stuck);
          yield* numbers.receive;
        })),
    );

    assert.ok(Option.isNone(answer));
    assert.equal(stuck.locked, false);
    const [reason] = cancelled as { explain(): string }[];
    assert.match(reason!.explain(), /cancelled by "main\/task-1" .*"enough"/);
  },
);

virtualTest(
  "fromReadableStream() keeps a chunk whose receiver was cancelled for the next one",
  function* () {
    let controller!: ReadableStreamDefaultController<string>;
    const stream = new ReadableStream<string>({
      start: (it) => void (controller = it),
    });
    yield* scoped(function* () {
      const chunks = yield* fromReadableStream(stream);
      yield* moveOnAfterTurns(5, () => Effect.orDie(chunks.receive));
      controller.enqueue("kept");

      assert.equal(yield* chunks.receive, "kept");
    });
  },
);

Deno.test("fromReadableStream() fails with the error of the stream: typed or not", async () => {
  const receiveFrom = <E>(options: { catch?: (thrown: unknown) => E }) =>
    scoped(function* () {
      const chunks = yield* fromReadableStream(erroring("worn"), options);
      yield* chunks.receive;
    });

  assert.deepEqual(await failuresOf(receiveFrom({})), ["Die worn main"]);
  assert.deepEqual(
    await failuresOf(receiveFrom({ catch: (thrown) => `caught ${thrown}` })),
    ["Fail caught worn main"],
  );
});

Deno.test("fromReadableStream() fails the closing for an error that nobody has received", async () => {
  const closed = scoped(function* () {
    yield* fromReadableStream(erroring("worn"));
  });
  const aborted = scoped(function* () {
    yield* fromReadableStream(erroring(new DOMException("", "AbortError")));
  });

  assert.deepEqual(await failuresOf(closed), [
    "Die worn main/fromReadableStream",
  ]);
  assert.deepEqual(await failuresOf(aborted), []);
});

Deno.test("fromReadableStream() fails the closing for a cancel that fails", async () => {
  const { stream } = new Counter(9, () => Promise.reject("stuck lid"));

  const failures = await failuresOf(scoped(function* () {
    const chunks = yield* fromReadableStream(stream);
    yield* chunks.receive;
  }));

  assert.deepEqual(failures, ["Die stuck lid main/fromReadableStream"]);
  assert.equal(stream.locked, false);
});

Deno.test("fromReadableStream() dies of a stream that is locked, and leaves it alone", async () => {
  const counter = new Counter();
  const reader = counter.stream.getReader();

  const failures = await failuresOf(
    Effect.scoped(fromReadableStream(counter.stream)),
  );

  assert.deepEqual(failures, ["Die TypeError main"]);
  assert.deepEqual(await reader.read(), { done: false, value: 1 });
});

virtualTest(
  "fromReadableStream() cancels the stream when the last handle is closed",
  function* () {
    const counter = new Counter();
    yield* scoped(function* () {
      const numbers = yield* fromReadableStream(counter.stream);
      yield* numbers.receive;
      numbers.close();
      yield* turns(10);

      assert.equal(counter.cancelled.length, 1);
      assert.ok((yield* Effect.flip(numbers.receive)) instanceof ChannelClosed);
    });
  },
);

virtualTest(
  "fromReadableStream() is a cancel point, and does not lock when cancelled (R19)",
  function* () {
    const { stream } = new Counter();
    let wasLocked = false;

    const answer = yield* cancelScope((scope) => {
      scope.cancel();
      return Effect.scoped(
        Effect.ensuring(
          fromReadableStream(stream),
          Effect.sync(() => void (wasLocked = stream.locked)),
        ),
      );
    });

    assert.ok(Option.isNone(answer));
    assert.equal(wasLocked, false);
  },
);

virtualTest("fromReadableStream() is a schedule point (R19)", function* () {
  const trail: string[] = [];
  yield* nursery(function* (n) {
    n.startSoon(Effect.sync(() => trail.push("other")));
    yield* scoped(function* () {
      yield* fromReadableStream(new Counter().stream);
      trail.push("opened");
    });
  });

  assert.deepEqual(trail, ["other", "opened"]);
});

Deno.test("fromReadableStream() gives the lock back, wherever it is stopped", async () => {
  const performances = await run(stopAtEveryStep(({ startVictim }) => {
    const counter = new Counter();
    startVictim(Effect.orDie(scoped(function* () {
      const numbers = yield* fromReadableStream(counter.stream);
      yield* numbers.receive;
      yield* numbers.receive;
    })));
    return Effect.sync(() => {
      assert.equal(counter.stream.locked, false);
      if (counter.pulled > 0) assert.equal(counter.cancelled.length, 1);
    });
  }));

  assert.ok(performances > 20);
});

Deno.test("toReadableStream() streams the values in order, and closes at the end", async () => {
  const [send, receive] = openMemoryChannel<number>(3);
  for (const n of [1, 2, 3]) send.trySend(n);
  send.close();

  const seen = await Array.fromAsync(toReadableStream(receive));

  assert.deepEqual(seen, [1, 2, 3]);
});

Deno.test("toReadableStream() receives when it is read, and highWaterMark values ahead", async () => {
  for (const highWaterMark of [undefined, 0, 2]) {
    const [send, receive] = openMemoryChannel<number>(5);
    for (const n of [1, 2, 3, 4, 5]) send.trySend(n);
    const options = highWaterMark === undefined ? {} : { highWaterMark };
    const reader = toReadableStream(receive, options).getReader();
    const ahead = highWaterMark ?? 0;
    for (let i = 0; i < 9; i++) await Promise.resolve();
    assert.equal(receive.statistics().buffered, 5 - ahead);

    await reader.read();
    for (let i = 0; i < 9; i++) await Promise.resolve();

    assert.equal(receive.statistics().buffered, 5 - ahead - 1);
  }
});

Deno.test("toReadableStream() closes the handle when it is cancelled", async () => {
  const [, receive] = openMemoryChannel<number>(0);
  const stream = toReadableStream(receive);

  await stream.cancel("enough");

  assert.equal(receive.statistics().openReceiveHandles, 0);
});

Deno.test("toReadableStream() closes the handle when it is cancelled while it waits", async () => {
  const [, receive] = openMemoryChannel<number>(0);
  const reader = toReadableStream(receive).getReader();
  const reading = reader.read();
  for (let i = 0; i < 9; i++) await Promise.resolve();
  assert.equal(receive.statistics().waitingReceivers, 1);

  await reader.cancel();

  assert.deepEqual(await reading, { done: true, value: undefined });
  assert.equal(receive.statistics().openReceiveHandles, 0);
});

Deno.test("toReadableStream() errors with the failure of the channel", async () => {
  const [send, receive] = openFallibleChannel<number, string>(1);
  send.fail("disk full");
  const reader = toReadableStream(receive).getReader();

  await assert.rejects(reader.read(), (thrown) => thrown === "disk full");
  await assert.rejects(reader.closed, (thrown) => thrown === "disk full");
});

virtualTest(
  "toReadableStream() errors with the cancellation of the scope around the call",
  function* () {
    const [, receive] = openMemoryChannel<number>(0);
    let told = "";

    const answer = yield* moveOnAfterTurns(5, () =>
      gather([async () => {
        const reader = toReadableStream(receive).getReader();
        try {
          await reader.read();
        } catch (thrown) {
          told = (thrown as { explain(): string }).explain();
          throw thrown;
        }
      }]));

    assert.ok(Option.isNone(answer));
    assert.match(told, /was cancelled by "main\/task-1" .*"enough"/);
  },
);

Deno.test("toReadableStream() refuses a highWaterMark that makes no sense", () => {
  const [, receive] = openMemoryChannel<number>(0);
  for (const highWaterMark of [-1, NaN]) {
    assert.throws(
      () => toReadableStream(receive, { highWaterMark }),
      RangeError,
    );
  }
});

Deno.test("toReadableStream() of fromReadableStream() is the same chunks, also when left early", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer(), { maxLength: 10 }),
      fc.integer({ min: 0, max: 3 }),
      fc.integer({ min: 1, max: 11 }),
      async (items, highWaterMark, take) => {
        const source = ReadableStream.from(items);

        const seen = await run(() =>
          scoped(function* () {
            const channel = yield* fromReadableStream(source);
            return yield* gather([async () => {
              const seen: number[] = [];
              for await (
                const item of toReadableStream(channel, { highWaterMark })
              ) {
                seen.push(item);
                if (seen.length === take) break;
              }
              return seen;
            }]);
          })
        );

        assert.deepEqual(seen, [items.slice(0, take)]);
        assert.equal(source.locked, false);
      },
    ),
    { numRuns: 200 },
  );
});

Deno.test("fromReadableStream() and toReadableStream() have exact types", () => {
  const { stream } = new Counter();
  const opened = fromReadableStream(stream);
  is<Effect.Effect<ReceiveChannel<number>, never, Scope.Scope>>(opened);
  // @ts-expect-error it needs a scope
  is<Effect.Effect<ReceiveChannel<number>>>(opened);
  const typed = fromReadableStream(stream, { catch: () => "bad" as const });
  is<Effect.Effect<ReceiveChannel<number, "bad">, never, Scope.Scope>>(typed);
  // @ts-expect-error it can fail
  is<Effect.Effect<ReceiveChannel<number>, never, Scope.Scope>>(typed);
  const [, receive] = openMemoryChannel<number>(0);
  const streamed: ReadableStream<number> = toReadableStream(receive);
  assert.ok(streamed);
});

function erroring(error: unknown): ReadableStream<number> {
  return new ReadableStream({ start: (controller) => controller.error(error) });
}

/** Accepts only what has the type. */
function is<T>(value: T): void {
  assert.ok(Effect.isEffect(value));
}
