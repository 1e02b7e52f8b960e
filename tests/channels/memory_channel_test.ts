import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import { nursery, run, runExit } from "espalier";
import { openMemoryChannel, type SendChannel } from "espalier/channels";
import { virtualTest } from "../support/virtual_test.ts";
import { drain, put, settled, tagOf, take, turns } from "./support/turns.ts";

Deno.test("openMemoryChannel() keeps order, refuses what does not fit, and ends after the last value (R53, R54, C082)", () => {
  const [send, receive] = openMemoryChannel<number>(2);

  const sent = [1, 2, 3].map((value) => tagOf(send.trySend(value)));
  const received = [receive.tryReceive(), receive.tryReceive()];
  const empty = receive.tryReceive();
  send.trySend(4);
  send.close();
  const last = receive.tryReceive();

  assert.deepEqual(sent, ["ok", "ok", "WouldBlock"]);
  assert.deepEqual(received.map(Result.getOrThrow), [1, 2]);
  assert.equal(tagOf(empty), "WouldBlock");
  assert.equal(Result.getOrThrow(last), 4);
  assert.equal(tagOf(receive.tryReceive()), "EndOfChannel");
});

Deno.test("every operation on a closed handle answers ChannelClosed, and closing twice is fine (R57, C082)", async () => {
  const [send, receive] = openMemoryChannel<number>(2, { name: "jobs" });
  for (const _ of [1, 2]) {
    send.close();
    receive.close();
  }

  assert.equal(tagOf(send.trySend(1)), "ChannelClosed");
  assert.equal(tagOf(receive.tryReceive()), "ChannelClosed");
  const failures = await run(Effect.all([
    Effect.flip(send.send(1)),
    Effect.flip(receive.receive),
    Effect.flip(receive.forEach(() => Effect.void)),
  ]));
  assert.deepEqual(failures.map(({ message }) => message), [
    'Cannot send to channel "jobs": it is closed',
    'Cannot receive from channel "jobs": it is closed',
    'Cannot receive from channel "jobs": it is closed',
  ]);
  assert.throws(() => send.clone(), { name: "ChannelClosed" });
  assert.throws(() => receive.clone(), { name: "ChannelClosed" });
});

Deno.test("openMemoryChannel() refuses a capacity that is no integer of at least 0 (R54, C082)", () => {
  for (const capacity of [-1, 1.5, NaN, -Infinity]) {
    assert.throws(() => openMemoryChannel(capacity), {
      name: "RangeError",
      message: "Cannot open a channel: the capacity must be an integer of at " +
        `least 0 or Infinity: received ${capacity}`,
    });
  }
  const [send, receive] = openMemoryChannel<number>(Infinity);
  for (let value = 0; value < 10_000; value++) send.trySend(value);
  assert.equal(receive.statistics().buffered, 10_000);
  assert.equal(receive.statistics().capacity, Infinity);
});

Deno.test("the messages of a channel without a name read as sentences", () => {
  const [send, receive] = openMemoryChannel<number>(0);
  const messages = [
    Result.getOrThrow(Result.flip(send.trySend(1))),
    Result.getOrThrow(Result.flip(receive.tryReceive())),
  ].map(({ message }) => message);
  assert.deepEqual(messages, [
    "Cannot send to a channel: it would have to wait",
    "Cannot receive from a channel: it would have to wait",
  ]);
});

virtualTest(
  "SendChannel.send() gives the value to the receiver that waits, and nobody can take it away (R53)",
  function* () {
    const [send, receive] = openMemoryChannel<number>(1);
    yield* nursery(function* (n) {
      const waiter = n.startSoon(take(receive));
      yield* settled;

      send.trySend(1);

      assert.equal(tagOf(receive.tryReceive()), "WouldBlock");
      assert.equal(receive.statistics().buffered, 0);
      assert.equal(yield* waiter, 1);
    });
  },
);

virtualTest(
  "ReceiveChannel.receive lets the first sender that waits into the buffer (R53)",
  function* () {
    const [send, receive] = openMemoryChannel<string>(1);
    send.trySend("a");
    yield* nursery(function* (n) {
      const sent = ["b", "c"].map((value) => n.startSoon(put(send, value)));
      yield* settled;

      const first = receive.tryReceive();

      assert.equal(Result.getOrThrow(first), "a");
      assert.equal(send.statistics().waitingSenders, 1);
      assert.equal(tagOf(send.trySend("barger")), "WouldBlock");
      yield* settled;
      assert.deepEqual(sent.map(({ status }) => status), [
        "succeeded",
        "running",
      ]);
      assert.deepEqual(drain(receive), ["b", "c"]);
    });
  },
);

for (const capacity of [0, 1, 3]) {
  virtualTest(
    `a channel of capacity ${capacity} keeps one order for all senders (R53)`,
    function* () {
      const [send, receive] = openMemoryChannel<number>(capacity);
      yield* nursery(function* (n) {
        for (let value = 0; value < 8; value++) n.startSoon(put(send, value));
        yield* settled;
        const received: number[] = [];
        for (let i = 0; i < 8; i++) received.push(yield* take(receive));
        assert.deepEqual(received, [0, 1, 2, 3, 4, 5, 6, 7]);
      });
    },
  );

  virtualTest(
    `a channel of capacity ${capacity} serves receivers in the order in which they came (R24, R53, R55)`,
    function* () {
      const [send, receive] = openMemoryChannel<number>(capacity);
      yield* nursery(function* (n) {
        const taken = [0, 1, 2, 3].map(() => n.startSoon(take(receive)));
        yield* settled;
        for (let value = 0; value < 4; value++) send.trySend(value);
        const got: number[] = [];
        for (const future of taken) got.push(yield* future);
        assert.deepEqual(got, [0, 1, 2, 3]);
      });
    },
  );
}

virtualTest(
  "a channel of capacity 0 hands over only when both sides are there (R53, C091)",
  function* () {
    const [send, receive] = openMemoryChannel<string>(0);
    assert.equal(tagOf(send.trySend("x")), "WouldBlock");
    assert.equal(tagOf(receive.tryReceive()), "WouldBlock");
    yield* nursery(function* (n) {
      const sending = n.startSoon(put(send, "hello"));
      yield* settled;
      assert.equal(sending.status, "running");

      assert.equal(yield* take(receive), "hello");

      yield* sending;
      const receiving = n.startSoon(take(receive));
      yield* settled;
      yield* put(send, "again");
      assert.equal(yield* receiving, "again");
    });
    assert.equal(send.statistics().peak, 0);
  },
);

virtualTest(
  "ten producers at capacity 0, each with a clone, are all heard to the end (R55, R58, C084)",
  function* () {
    const [send, receive] = openMemoryChannel<string>(0);
    const heard: string[] = [];
    yield* nursery(function* (n) {
      for (let id = 0; id < 10; id++) {
        const mine = send.clone();
        n.startSoon(() => threeItems(mine, id));
      }
      send.close();
      yield* Effect.orDie(
        receive.forEach((item) => Effect.sync(() => heard.push(item))),
      );
    });
    assert.equal(heard.length, 30);
    assert.equal(new Set(heard).size, 30);
    for (let id = 0; id < 10; id++) {
      const own = heard.filter((item) => item.startsWith(`${id}:`));
      assert.deepEqual(own, [`${id}:0`, `${id}:1`, `${id}:2`]);
    }
  },
);

virtualTest(
  "five consumers on one handle share what comes, each something, all end (R55, R58, C085)",
  function* () {
    const [send, receive] = openMemoryChannel<number>(1);
    const heard: number[][] = [[], [], [], [], []];
    yield* nursery(function* (n) {
      for (const mine of heard) {
        n.startSoon(
          Effect.orDie(
            receive.forEach((item) =>
              Effect.as(turns(2), void mine.push(item))
            ),
          ),
        );
      }
      yield* settled;
      for (let item = 0; item < 10; item++) yield* put(send, item);
      send.close();
    });
    assert.ok(heard.every(({ length }) => length > 0));
    const all = heard.flat().toSorted((a, b) => a - b);
    assert.deepEqual(all, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  },
);

for (const capacity of [0, 1, 16]) {
  virtualTest(
    `ten producers and five consumers at capacity ${capacity} lose and double nothing (R53, R58)`,
    function* () {
      const [send, receive] = openMemoryChannel<number>(capacity);
      const heard: number[] = [];
      yield* nursery(function* (n) {
        for (let id = 0; id < 10; id++) {
          const mine = send.clone();
          n.startSoon(function* () {
            using _ = mine;
            for (let i = 0; i < 20; i++) yield* put(mine, id * 20 + i);
          });
        }
        send.close();
        for (let id = 0; id < 5; id++) {
          n.startSoon(
            Effect.orDie(
              receive.forEach((item) => Effect.sync(() => heard.push(item))),
            ),
          );
        }
      });
      const wanted = Array.from({ length: 200 }, (_, at) => at);
      assert.deepEqual(heard.toSorted((a, b) => a - b), wanted);
      assert.ok(send.statistics().peak <= capacity);
    },
  );
}

Deno.test("a channel belongs to no run: two of them can meet in it", async () => {
  const [send, receive] = openMemoryChannel<string>(0);
  const [, heard] = await Promise.all([
    run(send.send("across")),
    run(receive.receive),
  ]);
  assert.equal(heard, "across");
});

Deno.test("a channel works for Effect alone, outside every run of ours", async () => {
  const [send, receive] = openMemoryChannel<number>(0);
  const heard: number[] = [];
  const consumer = receive.forEach((item) =>
    Promise.resolve(void heard.push(item))
  );
  const producer = Effect.gen(function* () {
    for (const item of [1, 2, 3]) yield* send.send(item);
    send.close();
  });
  await Effect.runPromise(Effect.all([consumer, producer], { concurrency: 2 }));
  assert.deepEqual(heard, [1, 2, 3]);
});

Deno.test("trySend(), tryReceive() and close() may be called by host code", async () => {
  const [send, receive] = openMemoryChannel<string>(0);
  const received = runExit(receive.receive);
  await Promise.resolve();
  setTimeout(() => send.trySend("from a timer"), 1);
  assert.deepEqual(
    await received,
    await runExit(Effect.succeed("from a timer")),
  );
});

function* threeItems(channel: SendChannel<string>, id: number) {
  using mine = channel;
  for (const item of [0, 1, 2]) yield* put(mine, `${id}:${item}`);
}
