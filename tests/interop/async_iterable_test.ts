import assert from "node:assert/strict";
import {
  cancelScope,
  ChannelClosed,
  currentTask,
  EndOfChannel,
  fromAsyncIterable,
  gather,
  nursery,
  openMemoryChannel,
  type ReceiveChannel,
  run,
  toAsyncIterable,
} from "espalier";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Result from "effect/Result";
import type * as Scope from "effect/Scope";
import * as Stream from "effect/Stream";
import fc from "fast-check";
import { stopAtEveryStep } from "../../src/testing/_injection.ts";
import { failuresOf } from "../combinators/support/bodies.ts";
import { scoped } from "../support/scoped.ts";
import { virtualTest } from "../support/virtual_test.ts";
import { moveOnAfterTurns, turns } from "./support/turns.ts";

/** Counts, and tells what happens to it. */
class Counter implements AsyncIterable<number> {
  readonly trail: string[] = [];
  opened = 0;
  asked = 0;
  isClosed = false;

  constructor(readonly last: number = Infinity) {}

  async *[Symbol.asyncIterator]() {
    this.opened++;
    try {
      while (this.asked < this.last) {
        this.asked++;
        await Promise.resolve();
        yield this.asked;
      }
    } finally {
      await Promise.resolve();
      this.isClosed = true;
      this.trail.push("closed");
    }
  }
}

/** An iterator whose `next` waits until it is told to go on. */
class Manual<T> implements AsyncIterableIterator<T> {
  readonly trail: string[] = [];
  readonly #pending: Array<PromiseWithResolvers<IteratorResult<T>>> = [];

  get asked(): number {
    return this.#pending.length;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<T>> {
    const step = Promise.withResolvers<IteratorResult<T>>();
    this.#pending.push(step);
    return step.promise;
  }

  async return(): Promise<IteratorResult<T>> {
    this.trail.push("return");
    await Promise.resolve();
    this.trail.push("returned");
    return { done: true, value: undefined };
  }

  yields(value: T): void {
    this.#pending.shift()!.resolve({ done: false, value });
  }

  throws(error: unknown): void {
    this.#pending.shift()!.reject(error);
  }
}

virtualTest(
  "fromAsyncIterable() receives the items in order, up to the end",
  function* () {
    yield* scoped(function* () {
      const numbers = yield* fromAsyncIterable(new Counter(3));
      const seen: number[] = [];
      yield* numbers.forEach((n) => Effect.sync(() => void seen.push(n)));

      assert.deepEqual(seen, [1, 2, 3]);
      assert.ok((yield* Effect.flip(numbers.receive)) instanceof EndOfChannel);
    });
  },
);

virtualTest(
  "fromAsyncIterable() asks for an item when somebody waits for it, and not before",
  function* () {
    const counter = new Counter();
    yield* scoped(function* () {
      const numbers = yield* fromAsyncIterable(counter);
      yield* turns(10);
      assert.equal(counter.asked, 0);

      yield* numbers.receive;
      yield* turns(10);
      assert.equal(counter.asked, 1);

      yield* numbers.receive;
      yield* turns(10);
      assert.equal(counter.asked, 2);
    });
  },
);

virtualTest("fromAsyncIterable() asks when tryReceive() does", function* () {
  const counter = new Counter();
  yield* scoped(function* () {
    const numbers = yield* fromAsyncIterable(counter);
    yield* turns(10);

    assert.ok(Result.isFailure(numbers.tryReceive()));
    yield* turns(10);

    assert.deepEqual(numbers.tryReceive(), Result.succeed(1));
  });
});

virtualTest("fromAsyncIterable() reads `capacity` items ahead", function* () {
  const counter = new Counter();
  yield* scoped(function* () {
    const numbers = yield* fromAsyncIterable(counter, { capacity: 2 });
    yield* turns(20);
    assert.equal(counter.asked, 2);

    yield* numbers.receive;
    yield* turns(20);
    assert.equal(counter.asked, 3);
  });
});

virtualTest(
  "fromAsyncIterable() calls next() once at a time, whoever waits",
  function* () {
    const manual = new Manual<number>();
    yield* nursery(function* (n) {
      yield* scoped(function* () {
        const numbers = yield* fromAsyncIterable(manual);
        const first = n.startSoon(Effect.orDie(numbers.receive));
        const second = n.startSoon(Effect.orDie(numbers.clone().receive));
        yield* turns(10);
        assert.equal(manual.asked, 1);

        manual.yields(1);
        yield* turns(10);
        manual.yields(2);

        assert.deepEqual([yield* first, yield* second], [1, 2]);
      });
    });
  },
);

virtualTest("fromAsyncIterable() pulls in a task of its own", function* () {
  let puller = "";
  const items: AsyncIterable<number> = {
    [Symbol.asyncIterator]: () => ({
      next() {
        puller = currentTask().path;
        return Promise.resolve({ done: true, value: undefined });
      },
    }),
  };

  yield* scoped(function* () {
    const channel = yield* fromAsyncIterable(items);
    yield* Effect.flip(channel.receive);
  });

  assert.equal(puller, "main/fromAsyncIterable");
});

virtualTest(
  "fromAsyncIterable() has closed the iterator before the program goes on",
  function* () {
    const counter = new Counter();
    yield* scoped(function* () {
      const numbers = yield* fromAsyncIterable(counter);
      yield* numbers.receive;
      counter.trail.push("leaving");
    });

    assert.deepEqual(counter.trail, ["leaving", "closed"]);
  },
);

virtualTest(
  "fromAsyncIterable() closes an iterator that nobody has asked",
  function* () {
    const manual = new Manual<number>();
    yield* scoped(function* () {
      yield* fromAsyncIterable(manual);
    });

    assert.deepEqual(manual.trail, ["return", "returned"]);
  },
);

virtualTest(
  "fromAsyncIterable() does not close what has come to its end",
  function* () {
    let closed = 0;
    const items: AsyncIterable<number> = {
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.resolve({ done: true, value: undefined }),
        return() {
          closed++;
          return Promise.resolve({ done: true, value: undefined });
        },
      }),
    };

    yield* scoped(function* () {
      const channel = yield* fromAsyncIterable(items);
      yield* Effect.flip(channel.receive);
    });

    assert.equal(closed, 0);
  },
);

virtualTest(
  "fromAsyncIterable() lets go of a next() that is pending, and waits for return()",
  function* () {
    const manual = new Manual<number>();

    yield* moveOnAfterTurns(5, () =>
      scoped(function* () {
        const numbers = yield* fromAsyncIterable(manual);
        yield* numbers.receive;
      }));

    assert.deepEqual(manual.trail, ["return", "returned"]);
  },
);

virtualTest(
  "fromAsyncIterable() lets go of an iterator that has no return()",
  function* () {
    const stuck: AsyncIterable<number> = {
      [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }),
    };

    const answer = yield* moveOnAfterTurns(5, () =>
      scoped(function* () {
        const numbers = yield* fromAsyncIterable(stuck);
        yield* numbers.receive;
      }));

    assert.ok(Option.isNone(answer));
  },
);

virtualTest(
  "fromAsyncIterable() keeps an item whose receiver was cancelled for the next one",
  function* () {
    const manual = new Manual<string>();
    yield* scoped(function* () {
      const items = yield* fromAsyncIterable(manual);
      yield* moveOnAfterTurns(5, () => items.receive);
      assert.equal(manual.asked, 1);

      manual.yields("kept");

      assert.equal(yield* items.receive, "kept");
    });
  },
);

Deno.test("fromAsyncIterable() fails with what `catch` makes of what the iterator throws, again and again", async () => {
  const failing = scoped(function* () {
    const items = yield* fromAsyncIterable(throwing("worn"), {
      catch: (thrown) => `caught ${thrown}`,
    });
    assert.equal(yield* items.receive, 1);
    assert.equal(yield* Effect.flip(items.receive), "caught worn");
    yield* items.receive;
  });

  assert.deepEqual(await failuresOf(failing), ["Fail caught worn main"]);
});

Deno.test("fromAsyncIterable() dies of what the iterator throws, without `catch`", async () => {
  const failing = scoped(function* () {
    const items = yield* fromAsyncIterable(throwing("worn"));
    yield* items.receive;
    yield* items.receive;
  });

  assert.deepEqual(await failuresOf(failing), ["Die worn main"]);
});

Deno.test("fromAsyncIterable() dies of a `catch` that throws", async () => {
  const failing = scoped(function* () {
    const items = yield* fromAsyncIterable(throwing("worn"), {
      catch: () => {
        throw "cannot tell";
      },
    });
    yield* items.receive;
    yield* items.receive;
  });

  assert.deepEqual(await failuresOf(failing), ["Die cannot tell main"]);
});

Deno.test("fromAsyncIterable() fails the closing for what return() throws", async () => {
  const items: AsyncIterable<number> = {
    [Symbol.asyncIterator]: () => ({
      next: () => Promise.resolve({ done: false, value: 1 }),
      return: () => Promise.reject("stuck lid"),
    }),
  };

  const failures = await failuresOf(scoped(function* () {
    const channel = yield* fromAsyncIterable(items);
    yield* channel.receive;
  }));

  assert.deepEqual(failures, ["Die stuck lid main/fromAsyncIterable"]);
});

Deno.test("fromAsyncIterable() loses nothing of what a next() throws that was let go of", async () => {
  async function* items() {
    yield await closing.promise;
  }
  const closing = Promise.withResolvers<never>();

  const failures = await failuresOf(cancelScope(function* (scope) {
    yield* scoped(function* () {
      const channel = yield* fromAsyncIterable(items());
      yield* gather([
        channel.receive,
        function* () {
          yield* turns(5);
          scope.cancel();
          closing.reject("too late");
        },
      ]);
    });
  }));

  assert.deepEqual(failures, ["Die too late main/fromAsyncIterable"]);
});

virtualTest(
  "fromAsyncIterable() closes the iterator when the last handle is closed",
  function* () {
    const counter = new Counter();
    yield* scoped(function* () {
      const numbers = yield* fromAsyncIterable(counter);
      const other = numbers.clone();
      yield* numbers.receive;
      numbers.close();
      yield* turns(10);
      assert.equal(counter.isClosed, false);

      other.close();
      yield* turns(10);
      assert.equal(counter.isClosed, true);
      assert.ok((yield* Effect.flip(numbers.receive)) instanceof ChannelClosed);
    });
  },
);

virtualTest(
  "fromAsyncIterable() is a cancel point and opens nothing when cancelled (R19)",
  function* () {
    const counter = new Counter();

    const answer = yield* cancelScope((scope) => {
      scope.cancel();
      return Effect.scoped(fromAsyncIterable(counter));
    });

    assert.ok(Option.isNone(answer));
    assert.equal(counter.opened, 0);
  },
);

virtualTest("fromAsyncIterable() is a schedule point (R19)", function* () {
  const trail: string[] = [];
  yield* nursery(function* (n) {
    n.startSoon(Effect.sync(() => trail.push("other")));
    yield* scoped(function* () {
      yield* fromAsyncIterable(new Counter());
      trail.push("opened");
    });
  });

  assert.deepEqual(trail, ["other", "opened"]);
});

virtualTest(
  "fromAsyncIterable() can run again, with an iterator of its own each time",
  function* () {
    const counter = new Counter(2);
    const opened = fromAsyncIterable(counter);

    for (const n of [1, 2]) {
      const first = yield* Effect.scoped(
        Effect.flatMap(opened, ({ receive }) => receive),
      );
      assert.equal(first, n);
    }

    assert.equal(counter.opened, 2);
  },
);

Deno.test("fromAsyncIterable() refuses what makes no sense, at the call", () => {
  for (const source of [undefined, null, 1, {}, [1]]) {
    assert.throws(() => fromAsyncIterable(source as never), TypeError);
  }
  for (const capacity of [-1, 1.5, NaN]) {
    assert.throws(
      () => fromAsyncIterable(new Counter(), { capacity }),
      RangeError,
    );
  }
});

virtualTest("fromAsyncIterable() becomes a Stream of Effect", function* () {
  const counter = new Counter();

  const sum = yield* scoped(function* () {
    const numbers = yield* fromAsyncIterable(counter);
    return yield* Stream.runFold(
      Stream.take(numbers.toStream(), 3),
      () => 0,
      (sum, n) => sum + n,
    );
  });

  assert.equal(sum, 6);
  assert.equal(counter.asked, 3);
});

Deno.test("fromAsyncIterable() has closed its iterator, wherever it is stopped", async () => {
  const performances = await run(stopAtEveryStep(({ startVictim }) => {
    const counter = new Counter();
    startVictim(Effect.orDie(scoped(function* () {
      const numbers = yield* fromAsyncIterable(counter);
      yield* numbers.receive;
      yield* numbers.receive;
    })));
    return Effect.sync(() => {
      if (counter.asked > 0) assert.deepEqual(counter.trail, ["closed"]);
    });
  }));

  assert.ok(performances > 20);
});

virtualTest(
  "toAsyncIterable() of fromAsyncIterable() is the same items",
  function* () {
    yield* scoped(function* () {
      const numbers = yield* fromAsyncIterable(new Counter(4));
      const seen = yield* gather([async () => {
        const seen: number[] = [];
        for await (const n of toAsyncIterable(numbers)) seen.push(n);
        return seen;
      }]);

      assert.deepEqual(seen, [[1, 2, 3, 4]]);
    });
  },
);

Deno.test("fromAsyncIterable() and toAsyncIterable() lose and double nothing, however far they read ahead", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer(), { maxLength: 10 }),
      fc.integer({ min: 0, max: 3 }),
      fc.integer({ min: 0, max: 11 }),
      async (items, capacity, take) => {
        let ahead = 0;
        let most = 0;
        async function* produce() {
          for (const item of items) {
            most = Math.max(most, ++ahead);
            yield await Promise.resolve(item);
          }
        }

        const seen = await run(() =>
          scoped(function* () {
            const channel = yield* fromAsyncIterable(produce(), { capacity });
            return yield* gather([async () => {
              const seen: number[] = [];
              if (take === 0) return seen;
              for await (const item of toAsyncIterable(channel)) {
                ahead--;
                seen.push(item);
                if (seen.length === take) break;
              }
              return seen;
            }]);
          })
        );

        assert.deepEqual(seen, [items.slice(0, take)]);
        assert.ok(most <= Math.max(1, capacity + 1), `${most} were ahead`);
      },
    ),
    { numRuns: 200 },
  );
});

Deno.test("toAsyncIterable() takes one item for each next(), and closes when it is left early", async () => {
  const [send, receive] = openMemoryChannel<number>(3);
  for (const n of [1, 2, 3]) send.trySend(n);

  for await (const n of toAsyncIterable(receive)) {
    assert.equal(receive.statistics().buffered, 3 - n);
    if (n === 2) break;
  }

  assert.equal(receive.statistics().openReceiveHandles, 0);
});

Deno.test("toAsyncIterable() throws the failure of the channel", async () => {
  const [, receive] = openMemoryChannel<number>(0);
  const loop = async () => {
    for await (const _ of toAsyncIterable(receive)) assert.fail("empty");
  };
  const looping = loop();
  receive.close();

  await assert.rejects(looping, ChannelClosed);
});

virtualTest(
  "toAsyncIterable() ends with the scope around the call, and tells why",
  function* () {
    const [, receive] = openMemoryChannel<number>(0);
    let told = "";

    const answer = yield* cancelScope(function* (scope) {
      yield* gather([
        async () => {
          try {
            for await (const _ of toAsyncIterable(receive)) {
              assert.fail("empty");
            }
          } catch (thrown) {
            told = scope.cancellation === undefined
              ? "not cancelled"
              : (thrown as typeof scope.cancellation).explain();
            throw thrown;
          }
        },
        function* () {
          yield* turns(5);
          scope.cancel("enough");
        },
      ]);
    });

    assert.ok(Option.isNone(answer));
    assert.match(told, /was cancelled by "main\/task-1" .*"enough"/);
  },
);

Deno.test("fromAsyncIterable() and toAsyncIterable() have exact types", () => {
  const numbers = fromAsyncIterable(new Counter());
  is<Effect.Effect<ReceiveChannel<number>, never, Scope.Scope>>(numbers);
  // @ts-expect-error it needs a scope
  is<Effect.Effect<ReceiveChannel<number>>>(numbers);
  const typed = fromAsyncIterable(new Counter(), {
    catch: () => "bad" as const,
  });
  is<Effect.Effect<ReceiveChannel<number, "bad">, never, Scope.Scope>>(typed);
  // @ts-expect-error it can fail
  is<Effect.Effect<ReceiveChannel<number>, never, Scope.Scope>>(typed);
  const [, receive] = openMemoryChannel<number>(0);
  const looped: AsyncIterable<number> = toAsyncIterable(receive);
  assert.ok(looped);
});

async function* throwing(error: unknown) {
  yield await Promise.resolve(1);
  throw error;
}

/** Accepts only what has the type. */
function is<T>(value: T): void {
  assert.ok(Effect.isEffect(value));
}
