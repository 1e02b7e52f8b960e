import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import { nursery, sleep } from "espalier";
import {
  type BroadcastOptions,
  openBroadcast,
  type ReceiveChannel,
  ReceiverLagged,
} from "espalier/channels";
import { virtualTest } from "../support/virtual_test.ts";
import { drain, put, settled, tag, tagOf, take } from "./support/turns.ts";

virtualTest(
  "every subscriber gets every value sent since it subscribed, in order",
  function* () {
    const { sender, subscribe } = openBroadcast<number>({ capacity: 8 });
    sender.trySend(0);
    const early = subscribe();
    yield* put(sender, 1);
    const late = subscribe();
    yield* put(sender, 2);
    sender.trySend(3);

    assert.deepEqual(drain(early), [1, 2, 3]);
    assert.deepEqual(drain(late), [2, 3]);
  },
);

virtualTest(
  "sending without a subscriber succeeds and goes nowhere, at any capacity",
  function* () {
    for (const capacity of [0, 1]) {
      const { sender, subscribe } = openBroadcast<number>({ capacity });
      yield* put(sender, 1);
      const gone = subscribe();
      gone.close();
      yield* put(sender, 2);
      assert.deepEqual(drain(subscribe()), []);
    }
  },
);

virtualTest(
  'with onSlow "wait" a sender waits until every subscriber has room',
  function* () {
    const { sender, subscribe } = openBroadcast<string>({ capacity: 1 });
    const [quick, slow] = [subscribe(), subscribe()];
    sender.trySend("a");
    assert.deepEqual(drain(quick), ["a"]);
    assert.equal(tagOf(sender.trySend("b")), "WouldBlock");
    yield* nursery(function* (n) {
      const sending = n.startSoon(put(sender, "b"));
      yield* settled;
      assert.equal(sending.status, "running");
      assert.deepEqual(drain(quick), [], "only some got it");

      assert.equal(yield* take(slow), "a");

      yield* sending;
      assert.deepEqual([drain(quick), drain(slow)], [["b"], ["b"]]);
    });
  },
);

virtualTest(
  'with onSlow "wait" and capacity 0 a value passes when everybody is receiving',
  function* () {
    const { sender, subscribe } = openBroadcast<string>({ capacity: 0 });
    const [first, second] = [subscribe(), subscribe()];
    yield* nursery(function* (n) {
      const sending = n.startSoon(put(sender, "now"));
      const one = n.startSoon(take(first));
      yield* settled;
      assert.equal(sending.status, "running");
      assert.equal(tagOf(first.tryReceive()), "WouldBlock");

      assert.equal(yield* take(second), "now");

      assert.equal(yield* one, "now");
      yield* sending;
    });
  },
);

virtualTest(
  "a subscriber that leaves holds up nobody any more",
  function* () {
    const { sender, subscribe } = openBroadcast<string>({ capacity: 1 });
    const [quick, slow] = [subscribe(), subscribe()];
    sender.trySend("a");
    drain(quick);
    yield* nursery(function* (n) {
      const sending = n.startSoon(put(sender, "b"));
      yield* settled;

      slow.close();

      yield* sending;
      assert.deepEqual(drain(quick), ["b"]);
    });
  },
);

virtualTest(
  "a sender that is cancelled while it waits reached nobody (R14)",
  function* () {
    const { sender, subscribe } = openBroadcast<string>({ capacity: 1 });
    const [quick, slow] = [subscribe(), subscribe()];
    sender.trySend("a");
    drain(quick);
    yield* nursery(function* (n) {
      const sending = n.startSoon(put(sender, "b"));
      yield* settled;
      sending.cancel();
      yield* settled;
    });
    assert.deepEqual(drain(slow), ["a"]);
    assert.deepEqual(drain(quick), []);
    assert.equal(sender.statistics().waitingSenders, 0);
  },
);

for (const onSlow of ["dropOldest", "dropNewest", "fail"] as const) {
  virtualTest(
    `with onSlow "${onSlow}" a sender never waits, whoever is slow`,
    function* () {
      for (const capacity of [0, 2]) {
        const { sender, subscribe } = openBroadcast<number>({
          capacity,
          onSlow,
        });
        const [quick] = [subscribe(), subscribe()];
        const heard: number[] = [];
        yield* nursery(function* (n) {
          const listener = n.startSoon(
            Effect.ignore(
              quick.forEach((value) => Effect.sync(() => heard.push(value))),
            ),
          );
          yield* settled;
          for (let value = 0; value < 5; value++) {
            assert.equal(tagOf(sender.trySend(value)), "ok");
            yield* sleep(1);
          }
          listener.cancel();
        });
        assert.deepEqual(heard, [0, 1, 2, 3, 4]);
      }
    },
  );
}

Deno.test('with onSlow "dropOldest" a slow subscriber keeps the latest values', () => {
  assert.deepEqual(drain(overflowing({ capacity: 2, onSlow: "dropOldest" })), [
    4,
    5,
  ]);
  assert.deepEqual(
    drain(overflowing({ capacity: 0, onSlow: "dropOldest" })),
    [],
  );
});

Deno.test('with onSlow "dropNewest" a slow subscriber keeps the first values', () => {
  const slow = overflowing({ capacity: 2, onSlow: "dropNewest" });
  assert.deepEqual(drain(slow), [1, 2]);
});

virtualTest(
  'with onSlow "fail" a slow subscriber is told at the place of the gap, once for each gap, and may go on',
  function* () {
    const { sender, subscribe } = openBroadcast<number>({
      capacity: 2,
      onSlow: "fail",
      name: "prices",
    });
    const slow = subscribe();
    for (const value of [1, 2, 3, 4, 5]) sender.trySend(value);
    assert.equal(slow.statistics().buffered, 2);

    assert.equal(yield* take(slow), 1);
    sender.trySend(6);
    sender.trySend(7);
    assert.equal(yield* take(slow), 2);
    const lagged = yield* Effect.flip(slow.receive);
    assert.ok(lagged instanceof ReceiverLagged);
    assert.equal(lagged.missed, 3);
    assert.equal(
      lagged.message,
      'Cannot receive from broadcast "prices": the receiver was too slow and ' +
        "missed 3 values",
    );
    assert.equal(yield* take(slow), 6);
    const again = slow.tryReceive();
    assert.ok(Result.isFailure(again));
    assert.ok(again.failure instanceof ReceiverLagged);
    assert.equal(again.failure.missed, 1);
    sender.trySend(8);
    sender.close();
    assert.deepEqual(drain(slow), [8]);
    assert.equal(yield* tag(slow.receive), "EndOfChannel");
  },
);

virtualTest(
  'with onSlow "fail" nothing is kept at capacity 0 but the count of what was missed',
  function* () {
    const slow = overflowing({ capacity: 0, onSlow: "fail" });
    const lagged = yield* Effect.flip(slow.receive);
    assert.ok(lagged instanceof ReceiverLagged);
    assert.equal(lagged.missed, 5);
  },
);

virtualTest(
  "a gap takes no room, before it is told and after",
  function* () {
    const { sender, subscribe } = openBroadcast<number>({
      capacity: 1,
      onSlow: "fail",
    });
    const slow = subscribe();
    for (const value of [1, 2]) sender.trySend(value);
    assert.equal(yield* take(slow), 1);
    assert.equal(slow.statistics().buffered, 0);
    assert.equal(yield* tag(slow.receive), "ReceiverLagged");
    assert.equal(slow.statistics().buffered, 0);
    for (const value of [3, 4]) sender.trySend(value);
    assert.equal(slow.statistics().buffered, 1);
    assert.deepEqual(drain(slow), [3]);
  },
);

virtualTest(
  "a subscription that is closed keeps neither values nor gaps",
  function* () {
    const slow = overflowing({ capacity: 2, onSlow: "fail" });
    slow.close();
    assert.equal(slow.statistics().buffered, 0);
    assert.equal(yield* tag(slow.receive), "ChannelClosed");
  },
);

virtualTest(
  'with onSlow "dropOldest" a value that comes back to a full buffer is dropped: it is the oldest',
  function* () {
    const { sender, subscribe } = openBroadcast<number>({
      capacity: 1,
      onSlow: "dropOldest",
    });
    const slow = subscribe();
    sender.trySend(1);
    const taking = yield* Effect.forkChild(Effect.ignore(slow.receive), {
      startImmediately: true,
    });
    sender.trySend(2);

    taking.interruptUnsafe();

    assert.deepEqual(drain(slow), [2]);
  },
);

virtualTest(
  "a gap that was handed to a receiver which Effect interrupts is told to the next",
  function* () {
    const slow = overflowing({ capacity: 0, onSlow: "fail" });
    const receiving = yield* Effect.forkChild(Effect.ignore(slow.receive), {
      startImmediately: true,
    });
    receiving.interruptUnsafe();
    assert.equal(slow.statistics().buffered, 0);
    assert.equal(yield* tag(slow.receive), "ReceiverLagged");
    assert.equal(tagOf(slow.tryReceive()), "WouldBlock");
  },
);

virtualTest(
  "forEach() and toStream() of a slow subscriber fail with ReceiverLagged",
  function* () {
    const slow = overflowing({ capacity: 1, onSlow: "fail" });
    const heard: number[] = [];
    const failure = yield* tag(
      slow.forEach((value) => Effect.sync(() => heard.push(value))),
    );
    assert.equal(failure, "ReceiverLagged");
    assert.deepEqual(heard, [1]);
  },
);

virtualTest(
  "the subscriptions end when the last sender is closed, after what was kept for them",
  function* () {
    const { sender, subscribe } = openBroadcast<number>({ capacity: 2 });
    const other = sender.clone();
    const [full, empty] = [subscribe(), subscribe()];
    sender.trySend(1);
    drain(empty);
    yield* nursery(function* (n) {
      const waiting = n.startSoon(tag(empty.receive));
      yield* settled;
      sender.close();
      yield* settled;
      assert.equal(waiting.status, "running");

      other.close();

      assert.equal(yield* waiting, "EndOfChannel");
      assert.equal(yield* take(full), 1);
      assert.equal(yield* tag(full.receive), "EndOfChannel");
      assert.equal(yield* tag(subscribe().receive), "EndOfChannel");
      assert.equal(yield* tag(other.send(2)), "ChannelClosed");
    });
  },
);

virtualTest(
  "clones of a subscription share what it gets",
  function* () {
    const { sender, subscribe } = openBroadcast<number>({ capacity: 4 });
    const first = subscribe();
    const clone = first.clone();
    const other = subscribe();
    for (const value of [1, 2]) sender.trySend(value);

    assert.equal(yield* take(first), 1);
    assert.equal(yield* take(clone), 2);
    assert.deepEqual(drain(other), [1, 2]);
    first.close();
    sender.trySend(3);
    assert.deepEqual(drain(clone), [3]);
  },
);

virtualTest(
  "statistics() of the sender tell of the fullest subscriber, of a subscriber its own",
  function* () {
    const { sender, subscribe } = openBroadcast<number>({ capacity: 2 });
    const [first, second] = [subscribe(), subscribe()];
    sender.trySend(1);
    sender.trySend(2);
    drain(first);
    yield* nursery(function* (n) {
      const sending = n.startSoon(Effect.ignore(sender.send(3)));
      const receiving = n.startSoon(Effect.ignore(first.receive));
      yield* settled;
      const common = {
        capacity: 2,
        openSendHandles: 1,
        waitingSenders: 1,
        peak: 2,
      };
      assert.deepEqual(sender.statistics(), {
        ...common,
        buffered: 2,
        openReceiveHandles: 2,
        waitingReceivers: 1,
      });
      assert.deepEqual(first.statistics(), {
        ...common,
        buffered: 0,
        openReceiveHandles: 1,
        waitingReceivers: 1,
      });
      sending.cancel();
      receiving.cancel();
    });
    second.close();
    assert.equal(sender.statistics().peak, 2);
  },
);

Deno.test("openBroadcast() refuses a capacity or a policy that there is not", () => {
  assert.throws(() => openBroadcast({ capacity: -1 }), { name: "RangeError" });
  assert.throws(
    () => openBroadcast({ capacity: 1, onSlow: "panic" as "wait" }),
    {
      name: "TypeError",
      message: "Cannot open a broadcast: 'onSlow' must be \"wait\", " +
        '"dropOldest", "dropNewest" or "fail": received "panic"',
    },
  );
});

/** A subscription to which 1 to 5 were sent while nobody received. */
function overflowing(
  options: BroadcastOptions,
): ReceiveChannel<number, ReceiverLagged> {
  const { sender, subscribe } = openBroadcast<number>(options);
  const slow = subscribe();
  for (const value of [1, 2, 3, 4, 5]) sender.trySend(value);
  return slow;
}
