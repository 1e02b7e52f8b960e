import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import { nursery } from "espalier";
import { onReceive, openMemoryChannel, select } from "espalier/channels";
import { virtualTest } from "../support/virtual_test.ts";
import { drain, settled, tag, tagOf, take } from "./support/turns.ts";

virtualTest(
  "closing one of two send handles ends its own senders only (R56)",
  function* () {
    const [send, receive] = openMemoryChannel<string>(1);
    const other = send.clone();
    send.trySend("kept");
    yield* nursery(function* (n) {
      const own = n.startSoon(tag(send.send("a")));
      const theirs = n.startSoon(tag(other.send("b")));
      yield* settled;

      send.close();

      assert.equal(yield* own, "ChannelClosed");
      assert.equal(theirs.status, "running");
      assert.equal(receive.statistics().openSendHandles, 1);
      assert.equal(tagOf(send.trySend("c")), "ChannelClosed");
      assert.throws(() => send.clone(), { name: "ChannelClosed" });
      assert.deepEqual(drain(receive), ["kept", "b"]);
      assert.equal(yield* theirs, "ok");
    });
  },
);

virtualTest(
  "closing the last send handle ends the receivers that wait (R56)",
  function* () {
    const [send, receive] = openMemoryChannel<string>(0);
    yield* nursery(function* (n) {
      const waiting = [receive, receive.clone()].map((channel) =>
        n.startSoon(tag(channel.receive))
      );
      yield* settled;

      send.close();

      assert.deepEqual(yield* Effect.all(waiting), [
        "EndOfChannel",
        "EndOfChannel",
      ]);
    });
  },
);

virtualTest(
  "closing a handle ends all that wait on it, a select that waits there twice among them (R56)",
  function* () {
    const [, receive] = openMemoryChannel<number>(0);
    const mine = receive.clone();
    yield* nursery(function* (n) {
      const branch = onReceive(mine, () => Effect.void);
      const selecting = n.startSoon(tag(select([branch, branch])));
      yield* settled;
      const receiving = [1, 2].map(() => n.startSoon(tag(mine.receive)));
      const other = n.startSoon(tag(receive.receive));
      yield* settled;
      assert.equal(receive.statistics().waitingReceivers, 5);

      mine.close();
      yield* settled;
      assert.equal(receive.statistics().waitingReceivers, 1);
      for (const ended of [selecting, ...receiving]) {
        assert.equal(yield* ended, "ChannelClosed");
      }
      other.cancel();
    });
  },
);

virtualTest(
  "after the last send handle is closed what is buffered is still received (R56)",
  function* () {
    const [send, receive] = openMemoryChannel<number>(2);
    send.trySend(1);
    send.trySend(2);

    send.close();

    assert.equal(yield* take(receive), 1);
    assert.equal(yield* take(receive), 2);
    assert.equal(yield* tag(receive.receive), "EndOfChannel");
    assert.equal(yield* tag(receive.receive), "EndOfChannel");
  },
);

virtualTest(
  "closing one of two receive handles ends its own receivers only (R56)",
  function* () {
    const [send, receive] = openMemoryChannel<string>(1);
    const other = receive.clone();
    yield* nursery(function* (n) {
      const own = n.startSoon(tag(receive.receive));
      const theirs = n.startSoon(take(other));
      yield* settled;

      receive.close();

      assert.equal(yield* own, "ChannelClosed");
      assert.equal(send.statistics().waitingReceivers, 1);
      assert.equal(tagOf(receive.tryReceive()), "ChannelClosed");
      send.trySend("for the other");
      assert.equal(yield* theirs, "for the other");
    });
  },
);

virtualTest(
  "closing the last receive handle breaks the senders that wait and discards the buffer (R56)",
  function* () {
    const [send, receive] = openMemoryChannel<string>(1);
    const other = send.clone();
    send.trySend("discarded");
    yield* nursery(function* (n) {
      const waiting = [send, other].map((channel) =>
        n.startSoon(tag(channel.send("late")))
      );
      yield* settled;

      receive.close();

      assert.deepEqual(yield* Effect.all(waiting), [
        "ChannelBroken",
        "ChannelBroken",
      ]);
      assert.equal(send.statistics().buffered, 0);
      assert.equal(tagOf(send.trySend("later")), "ChannelBroken");
      assert.equal(yield* tag(send.send("later")), "ChannelBroken");
    });
  },
);

virtualTest(
  "three receive handles, closed one by one: sending breaks with the last (R58, C087)",
  function* () {
    const [send, first] = openMemoryChannel<string>(2);
    const second = first.clone();
    const third = second.clone();
    send.trySend("one item");

    first.close();
    second.close();
    const stillFine = tagOf(send.trySend("another"));
    third.close();

    assert.equal(stillFine, "ok");
    assert.equal(tagOf(send.trySend("too late")), "ChannelBroken");
    assert.equal(yield* tag(send.send("too late")), "ChannelBroken");
    assert.throws(() => third.clone(), { name: "ChannelClosed" });
    assert.equal(tagOf(send.clone().trySend("x")), "ChannelBroken");
  },
);

virtualTest(
  "one's own close outranks what the other side did (R56)",
  function* () {
    const [send, receive] = openMemoryChannel<string>(1);
    send.trySend("left behind");
    receive.close();
    send.close();

    assert.equal(tagOf(send.trySend("x")), "ChannelClosed");
    assert.equal(yield* tag(send.send("x")), "ChannelClosed");
    assert.equal(tagOf(receive.tryReceive()), "ChannelClosed");
    assert.equal(yield* tag(receive.receive), "ChannelClosed");
  },
);

virtualTest(
  "a value that was handed over is kept although the handle is closed before it is taken (R13)",
  function* () {
    const [send, receive] = openMemoryChannel<string>(0);
    yield* nursery(function* (n) {
      const waiter = n.startSoon(take(receive));
      yield* settled;

      send.trySend("handed over");
      receive.close();

      assert.equal(yield* waiter, "handed over");
    });
  },
);

virtualTest(
  "a handle is closed by leaving the block that uses it (R57)",
  function* () {
    const [send, receive] = openMemoryChannel<string>(0);
    {
      using _send = send;
      using _receive = receive;
      assert.equal(send.statistics().openReceiveHandles, 1);
    }
    assert.equal(send.statistics().openSendHandles, 0);
    assert.equal(send.statistics().openReceiveHandles, 0);
    yield* Effect.void;
  },
);

virtualTest(
  "statistics() counts buffer, peak, handles and waiters, alike from both ends (R52, C089)",
  function* () {
    const [send, receive] = openMemoryChannel<number>(2);
    const seen: Array<readonly number[]> = [];
    const look = () => {
      const now = send.statistics();
      assert.deepEqual(now, receive.statistics());
      assert.ok(Object.isFrozen(now));
      seen.push([
        now.buffered,
        now.peak,
        now.openSendHandles,
        now.openReceiveHandles,
        now.waitingSenders,
        now.waitingReceivers,
      ]);
      return now;
    };
    assert.equal(look().capacity, 2);
    const [send2, receive2] = [send.clone(), receive.clone()];
    send.trySend(1);
    look();
    send.trySend(2);
    look();
    yield* nursery(function* (n) {
      const first = n.startSoon(Effect.ignore(send.send(3)));
      n.startSoon(Effect.ignore(send2.send(4)));
      yield* settled;
      look();
      first.cancel();
      yield* settled;
      look();
      receive.tryReceive();
      look();
      drain(receive);
      look();
      const reader = n.startSoon(Effect.ignore(receive.receive));
      n.startSoon(Effect.ignore(receive2.receive));
      yield* settled;
      look();
      reader.cancel();
      yield* settled;
      look();
      send2.close();
      receive2.close();
      look();
    });
    assert.deepEqual(seen, [
      [0, 0, 1, 1, 0, 0],
      [1, 1, 2, 2, 0, 0],
      [2, 2, 2, 2, 0, 0],
      [2, 2, 2, 2, 2, 0],
      [2, 2, 2, 2, 1, 0],
      [2, 2, 2, 2, 0, 0],
      [0, 2, 2, 2, 0, 0],
      [0, 2, 2, 2, 0, 2],
      [0, 2, 2, 2, 0, 1],
      [0, 2, 1, 1, 0, 0],
    ]);
    receive.close();
    send.close();
    assert.deepEqual(look().peak, 2);
  },
);

virtualTest(
  "a clone shares the channel and outlives the handle it was made from (R58)",
  function* () {
    const [send, receive] = openMemoryChannel<number>(3);
    const [send2, receive2] = [send.clone(), receive.clone()];

    send.close();
    receive.close();
    for (const value of [1, 2, 3]) send2.trySend(value);

    assert.equal(yield* take(receive2), 1);
    send2.close();
    assert.deepEqual(drain(receive2), [2, 3]);
    assert.equal(Result.isFailure(receive2.tryReceive()), true);
  },
);
