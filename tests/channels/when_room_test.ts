import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Result from "effect/Result";
import fc from "fast-check";
import { type Nursery, nursery, type SendChannel } from "espalier";
import {
  onReceive,
  onSleep,
  openBroadcast,
  openFallibleChannel,
  openMemoryChannel,
  openWatch,
} from "espalier/channels";
import { type RoomNews, whenRoom } from "../../src/channels/when_room.ts";
import { virtualTest } from "../support/virtual_test.ts";
import { drain, pick, put, settled, tagOf, take } from "./support/turns.ts";

Deno.test("whenRoom() tells at once where there is room, or nothing can be sent", () => {
  const [send, receive] = openMemoryChannel<number>(2);
  assert.deepEqual(newsOf(send, 0), ["room"]);

  send.trySend(1);
  assert.deepEqual(newsOf(send, 1), ["room"]);
  assert.deepEqual(newsOf(send, 0), []);

  receive.close();
  assert.deepEqual(newsOf(send, 0), ["broken"]);
  send.close();
  assert.deepEqual(newsOf(send, 0), ["closed"]);
});

Deno.test("whenRoom() waits for the low-water mark, and tells once", () => {
  const [send, receive] = openMemoryChannel<number>(4);
  fill(send);
  const half = newsOf(send, 2);
  const any = newsOf(send, Infinity);

  receive.tryReceive();
  assert.deepEqual([half, any], [[], ["room"]]);
  receive.tryReceive();
  assert.deepEqual([half, any], [["room"], ["room"]]);
  drain(receive);
  assert.deepEqual([half, any], [["room"], ["room"]]);
});

Deno.test("whenRoom() lets the listener fill the channel up in the step of the receiver", () => {
  const [send, receive] = openMemoryChannel<number>(4);
  let next = 0;
  let waits = 0;
  const refill = () => {
    while (next < 100 && Result.isSuccess(send.trySend(next))) next++;
    if (next === 100) return send.close();
    waits++;
    whenRoom(send, 2, refill);
  };
  refill();

  assert.deepEqual(drain(receive), Array.from({ length: 100 }, (_, at) => at));
  assert.equal(waits, 48);
  assert.equal(tagOf(receive.tryReceive()), "EndOfChannel");
});

Deno.test("whenRoom() at capacity 0 tells of a receiver, whose hand takes the value at once", () => {
  const [send, receive] = openMemoryChannel<string>(0);
  const left = newsOf(send, 0);
  whenRoom(send, 0, () => void send.trySend("figs"));

  assert.deepEqual(receive.tryReceive(), Result.succeed("figs"));
  assert.deepEqual(left, ["room"]);
  assert.equal(tagOf(receive.tryReceive()), "WouldBlock");
});

virtualTest(
  "whenRoom() at capacity 0 keeps the order of those who receive",
  function* () {
    const [send, receive] = openMemoryChannel<number>(0);
    const got: string[] = [];
    yield* nursery(function* (n: Nursery) {
      let room = 0;
      whenRoom(send, 0, () => room++);
      n.startSoon(Effect.map(take(receive), (it) => got.push(`first ${it}`)));
      yield* settled;
      assert.equal(room, 1);
      // The room is still there: nobody has used it.
      assert.deepEqual(newsOf(send, 0), ["room"]);
      const both = () => {
        send.trySend(1);
        send.trySend(2);
      };
      n.startSoon(Effect.map(take(receive), (it) => got.push(`second ${it}`)));
      yield* settled;
      whenRoom(send, 0, both);
    });
    assert.deepEqual(got.sort(), ["first 1", "second 2"]);
  },
);

virtualTest(
  "whenRoom() comes after whoever waits to send (R24)",
  function* () {
    const [send, receive] = openMemoryChannel<number>(1);
    send.trySend(1);
    const news = newsOf(send, Infinity);
    yield* nursery(function* (n: Nursery) {
      n.startSoon(put(send, 2));
      yield* settled;
      receive.tryReceive();
      assert.deepEqual(news, []);
      assert.deepEqual(receive.tryReceive(), Result.succeed(2));
      assert.deepEqual(news, ["room"]);
    });
  },
);

virtualTest(
  "whenRoom() is told of a value that an interrupted sender takes back",
  function* () {
    const [send] = openMemoryChannel<number>(1);
    const sending = yield* Effect.forkChild(put(send, 1), {
      startImmediately: true,
    });
    assert.equal(send.statistics().buffered, 1);
    const news = newsOf(send, 0);
    yield* Fiber.interrupt(sending);
    assert.deepEqual(news, ["room"]);
  },
);

Deno.test("whenRoom() ends with its handle, and with the channel (R56)", () => {
  const [send, receive] = openFallibleChannel<number, "disk full">(1);
  const [other, third, fourth] = [send.clone(), send.clone(), send.clone()];
  send.trySend(1);
  const news = [send, other, third].map((it) => newsOf(it, 0));
  const left: RoomNews[] = [];
  const leave = whenRoom(fourth, 0, (it) => left.push(it));

  other.close();
  assert.deepEqual(news, [[], ["closed"], []]);
  leave();
  leave();
  send.fail("disk full");
  assert.deepEqual(news, [["closed"], ["closed"], ["closed"]]);

  const [full, gone] = openMemoryChannel<number>(1);
  full.trySend(1);
  const broken = newsOf(full, 0);
  gone.close();
  assert.deepEqual(broken, ["broken"]);
  drain(receive);
  assert.deepEqual(left, []);
});

Deno.test("whenRoom() is as slow as the slowest subscriber of a broadcast", () => {
  const { sender, subscribe } = openBroadcast<number>({ capacity: 2 });
  const [quick, slow] = [subscribe(), subscribe()];
  fill(sender);
  const news = newsOf(sender, 0);
  drain(quick);
  slow.tryReceive();
  assert.deepEqual(news, []);
  slow.close();
  assert.deepEqual(news, ["room"]);
});

virtualTest(
  "whenRoom() leaves no trace in a select that goes another way",
  function* () {
    const [send, receive] = openMemoryChannel<number>(0);
    const news = newsOf(send, 0);
    const polled = yield* pick([
      onReceive(receive, () => Effect.succeed("a value")),
      onSleep(1, () => Effect.succeed("nothing")),
    ]);
    assert.equal(polled, "nothing");
    assert.deepEqual(news, ["room"]);
    assert.equal(tagOf(send.trySend(1)), "WouldBlock");
    assert.deepEqual(newsOf(send, 0), []);
  },
);

virtualTest("whenRoom() costs no task", function* () {
  const [send] = openMemoryChannel<number>(1);
  send.trySend(1);
  yield* nursery(function* (n: Nursery) {
    whenRoom(send, 0, () => {});
    yield* settled;
    assert.deepEqual(n.children, []);
    assert.equal(send.statistics().waitingSenders, 0);
  });
});

Deno.test("whenRoom() refuses what is no channel, and a mark below 0", () => {
  const [send] = openMemoryChannel<number>(1);
  const listener = () => {};
  for (const mark of [-1, NaN]) {
    assert.throws(() => whenRoom(send, mark, listener), RangeError);
  }
  const foreign = { ...openWatch(1) } as unknown as SendChannel<number>;
  assert.throws(() => whenRoom(foreign, 0, listener), {
    name: "TypeError",
    message: /^Cannot wait for room: it is no channel of Espalier/,
  });
});

Deno.test("whenRoom() never leaves anybody waiting while there is room", () => {
  const step = fc.record({
    what: fc.constantFrom("send", "receive", "watch", "clone", "close"),
    at: fc.nat(3),
  });
  const steps = fc.array(step, { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(fc.nat(3), steps, (capacity, story) => {
      const [send, receive] = openMemoryChannel<number>(capacity);
      const handles = [{ send, isOpen: true }];
      const waiting = new Map<object, { of: number; mark: number }>();
      for (const { what, at } of story) {
        const of = at % handles.length;
        const { send, isOpen } = handles[of]!;
        switch (what) {
          case "send":
            send.trySend(at);
            break;
          case "receive":
            receive.tryReceive();
            break;
          case "watch": {
            const key = {};
            waiting.set(key, { of, mark: at });
            whenRoom(send, at, () => assert(waiting.delete(key), "told twice"));
            break;
          }
          case "clone":
            if (isOpen) handles.push({ send: send.clone(), isOpen });
            break;
          case "close":
            send.close();
            handles[of]!.isOpen = false;
        }
        const { buffered } = receive.statistics();
        for (const { of, mark } of waiting.values()) {
          assert(handles[of]!.isOpen, "waits on a closed handle");
          const isRoomy = buffered < capacity && buffered <= mark;
          assert(!isRoomy, "waits although there is room");
        }
      }
    }),
    { numRuns: 2000, seed: 20_260_501 },
  );
});

/** What a listener is told, as it comes. */
function newsOf<T>(send: SendChannel<T>, lowWater: number): RoomNews[] {
  const news: RoomNews[] = [];
  whenRoom(send, lowWater, (it) => news.push(it));
  return news;
}

function fill(send: SendChannel<number>): void {
  for (let at = 0; Result.isSuccess(send.trySend(at)); at++);
}
