// The functions of @std/async inside our scopes, cancelled at every step.

import assert from "node:assert/strict";
import { abortable } from "@std/async/abortable";
import { deadline } from "@std/async/deadline";
import { delay } from "@std/async/delay";
import { MuxAsyncIterator } from "@std/async/mux-async-iterator";
import { pooledMap } from "@std/async/pool";
import { retry } from "@std/async/retry";
import { tee } from "@std/async/tee";
import * as Effect from "effect/Effect";
import {
  asSafeIterable,
  failAfter,
  fromAsyncIterable,
  gather,
  mapConcurrent,
  moveOnAfter,
  run,
  sleep,
  toAsyncIterable,
} from "espalier";
import { openMemoryChannel } from "espalier/channels";
import { cancelAtEveryStep, type Scenario } from "./support/every_step.ts";

everyStep("delay() ends with the scope around it", () => ({
  body: async (signal) => {
    await delay(4, { signal });
    await delay(3, { signal });
    return "slept";
  },
  succeeded: (value) => assert.equal(value, "slept"),
}));

everyStep("delay() ends with a deadline of ours", () => ({
  body: () =>
    gather([
      moveOnAfter(3, (_scope, signal) => delay(60_000, { signal })),
      failAfter(60_000, (signal) => delay(3, { signal })),
    ]),
  succeeded: ([late]) => assert.equal(late._tag, "None"),
}));

everyStep("deadline() gives up in time, and when it is cancelled", () => ({
  body: async (signal) => {
    const late = delay(60_000, { signal });
    const quick = delay(2, { signal });
    const verdicts = [
      deadline(quick, 5, { signal }),
      deadline(late, 5, { signal }),
    ].map((verdict) => verdict.then(() => "in time", wordOf));
    const said = await Promise.all(verdicts);
    signal.throwIfAborted();
    // What the deadline gave up is still running: it is its scope that ends it.
    late.catch(() => {});
    return said;
  },
  // The long delay goes on; nobody waits for it.
  succeeded: (said) => assert.deepEqual(said, ["in time", "TimeoutError"]),
}));

everyStep("abortable() lets go of a promise that does not listen", () => {
  const deaf = new Promise<string>(() => {});
  return {
    body: async (signal) => {
      await abortable(delay(2), signal);
      const given = AbortSignal.any([signal, AbortSignal.timeout(4)]);
      return await abortable(deaf, given).catch((error) => {
        signal.throwIfAborted();
        return wordOf(error);
      });
    },
    succeeded: (value) => assert.equal(value, "TimeoutError"),
  };
});

everyStep("abortable() closes the iterable that it reads", () => {
  const source = new Source(4);
  const got: number[] = [];
  return {
    body: async (signal) => {
      for await (const item of abortable(source.items(), signal)) {
        got.push(item);
      }
    },
    succeeded: () => assert.deepEqual(got, [0, 1, 2, 3]),
    cancelled: () => source.assertClosed(),
  };
});

everyStep("abortable() becomes a channel", () => {
  const source = new Source(4);
  const got: number[] = [];
  return {
    body: () =>
      Effect.scoped(Effect.gen(function* () {
        const items = yield* asSafeIterable(
          (signal) => abortable(source.items(), signal),
        );
        yield* items.forEach((item) => Effect.sync(() => got.push(item)));
      })),
    succeeded: () => assert.deepEqual(got, [0, 1, 2, 3]),
    cancelled: () => source.assertClosed(),
  };
});

everyStep("pooledMap() runs under the signal of its scope", () => {
  const running = new Set<number>();
  return {
    body: async (signal) => {
      const results: number[] = [];
      const mapped = pooledMap(2, [1, 2, 3, 4], async (item) => {
        running.add(item);
        assert(running.size <= 2);
        await delay(item, { signal }).finally(() => running.delete(item));
        return item * item;
      });
      try {
        for await (const result of mapped) results.push(result);
      } catch (error) {
        // It wraps what its items threw, the reason of the signal among it.
        signal.throwIfAborted();
        throw error;
      }
      return results;
    },
    succeeded: (results) => assert.deepEqual(results, [1, 4, 9, 16]),
    cancelled: () => assert.equal(running.size, 0),
  };
});

// Not the other way round: what pooledMap() still writes when its iterable is
// left early is an unhandled rejection of its own.
everyStep("pooledMap() reads from a channel", () => {
  const [send, receive] = openMemoryChannel<number>(1);
  return {
    body: () =>
      gather({
        sent: Effect.orDie(Effect.gen(function* () {
          for (const item of [1, 2, 3]) yield* send.send(item);
          send.close();
        })),
        async mapped(signal) {
          const squares: number[] = [];
          const items = toAsyncIterable(receive);
          const mapped = pooledMap(2, items, async (item) => {
            await delay(1, { signal });
            return item * item;
          });
          try {
            for await (const square of mapped) squares.push(square);
          } catch (error) {
            signal.throwIfAborted();
            throw error;
          }
          return squares;
        },
      }),
    succeeded: ({ mapped }) => assert.deepEqual(mapped, [1, 4, 9]),
    cancelled() {
      const { waitingSenders, waitingReceivers } = send.statistics();
      assert.deepEqual([waitingSenders, waitingReceivers], [0, 0]);
    },
  };
});

everyStep("retry() stops trying when its scope ends", () => {
  let attempts = 0;
  let isTrying = false;
  return {
    body: (signal) =>
      retry(async () => {
        attempts++;
        isTrying = true;
        await delay(1, { signal }).finally(() => isTrying = false);
        if (attempts < 4) throw new Error("not yet");
        return attempts;
      }, { signal, minTimeout: 2, jitter: 0 }),
    succeeded: (value) => assert.equal(value, 4),
    cancelled: () => assert.equal(isTrying, false),
  };
});

everyStep("retry() tries a run of ours again", () => {
  let attempts = 0;
  const attempt = Effect.flatMap(
    sleep(1),
    () => ++attempts < 3 ? Effect.fail("not yet") : Effect.succeed(attempts),
  );
  return {
    body: async (signal) => {
      // Behind an `await` it is host code, where runs may begin.
      await undefined;
      const tried = () => run(attempt, { signal });
      return await retry(tried, { signal, minTimeout: 1, jitter: 0 });
    },
    succeeded: (value) => assert.equal(value, 3),
  };
});

everyStep("MuxAsyncIterator merges iterables in a body", () => {
  const sources = [new Source(3), new Source(2)];
  const got: number[] = [];
  return {
    body: async (signal) => {
      const mux = new MuxAsyncIterator<number>();
      for (const source of sources) mux.add(source.items(signal));
      for await (const item of mux) got.push(item);
    },
    succeeded: () => assert.deepEqual(got.sort(), [0, 0, 1, 1, 2]),
  };
});

everyStep("MuxAsyncIterator merges channels into one", () => {
  const channels = [openMemoryChannel<number>(1), openMemoryChannel<number>(0)];
  return {
    body: () =>
      Effect.scoped(Effect.gen(function* () {
        const mux = new MuxAsyncIterator<number>();
        for (const [, receive] of channels) mux.add(toAsyncIterable(receive));
        const merged = yield* fromAsyncIterable(mux);
        const got: number[] = [];
        yield* gather([
          ...channels.map(([send], at) =>
            Effect.orDie(Effect.gen(function* () {
              yield* send.send(at);
              yield* send.send(at);
              send.close();
            }))
          ),
          merged.forEach((item) => Effect.sync(() => got.push(item))),
        ]);
        return got;
      })),
    succeeded: (got) => assert.deepEqual(got.sort(), [0, 0, 1, 1]),
    cancelled() {
      for (const [send] of channels) {
        assert.equal(send.statistics().waitingSenders, 0);
      }
    },
  };
});

everyStep("tee() feeds two channels from one source", () => {
  const source = new Source(4);
  return {
    body: () =>
      Effect.scoped(Effect.gen(function* () {
        const copies = tee(source.items());
        return yield* mapConcurrent(copies, (copy) =>
          Effect.gen(function* () {
            const got: number[] = [];
            const items = yield* fromAsyncIterable(copy);
            yield* items.forEach((item) => Effect.sync(() => got.push(item)));
            return got;
          }), { concurrency: 2 });
      })),
    succeeded: (copies) =>
      assert.deepEqual(copies, [[0, 1, 2, 3], [0, 1, 2, 3]]),
  };
});

/** Counts, slowly; knows whether it has been closed. */
class Source {
  #opened = 0;
  #closed = 0;

  constructor(readonly count: number) {}

  async *items(signal?: AbortSignal): AsyncGenerator<number, void, void> {
    this.#opened++;
    try {
      for (let item = 0; item < this.count; item++) {
        await delay(1, signal ? { signal } : {});
        yield item;
      }
    } finally {
      this.#closed++;
    }
  }

  assertClosed(): void {
    assert.equal(this.#closed, this.#opened, "the source is still open");
  }
}

function wordOf(error: unknown): string {
  return error instanceof Error ? error.name : String(error);
}

function everyStep<A>(name: string, make: () => Scenario<A>): void {
  Deno.test(`${name}, cancelled at every step`, async () => {
    assert(await cancelAtEveryStep(make) > 10);
  });
}
