import assert from "node:assert/strict";
import * as Effect from "npm:effect@^4.1.0/Effect";
import type { ChannelStatistics } from "../channels/channel.ts";
import { drain, hear, put, take } from "./_channel_steps.ts";
import { failureOf, tagOf } from "./_failure_tags.ts";
import { settle, within } from "./_law_steps.ts";
import type { MakeChannel } from "./_make_channel.ts";

/** R56, the rows of the senders. */
export function endsAfterSenders(make: MakeChannel): Effect.Effect<unknown> {
  return within((n) =>
    Effect.gen(function* () {
      const [send, receive] = make(1);
      const other = send.clone();
      send.trySend(1);
      const own = n.startSoon(tagOf(send.send(2)));
      const theirs = n.startSoon(tagOf(other.send(3)));
      yield* settle;
      send.close();
      send.close();
      assert.equal(yield* own, "ChannelClosed", "who waited on it");
      assert.equal(failureOf(send.trySend(4)), "ChannelClosed", "a later call");
      assert.equal(yield* take(receive), 1, "what was in the buffer");
      assert.equal(yield* theirs, "nothing", "who waited on a clone");
      other.close();
      assert.equal(yield* take(receive), 3, "what a clone had sent");
      assert.equal(yield* tagOf(receive.receive), "EndOfChannel");
      assert.equal(failureOf(receive.tryReceive()), "EndOfChannel");

      const [last, waiting] = make(0);
      const receivers = [1, 2].map(() => n.startSoon(tagOf(waiting.receive)));
      yield* settle;
      last.close();
      const told = yield* Effect.all(receivers);
      assert.deepEqual(told, ["EndOfChannel", "EndOfChannel"], "who waited");
    })
  );
}

/** R56, the rows of the receivers. */
export function breaksWithReceivers(make: MakeChannel): Effect.Effect<unknown> {
  return within((n) =>
    Effect.gen(function* () {
      const [send, receive] = make(1);
      const other = receive.clone();
      const own = n.startSoon(tagOf(receive.receive));
      const theirs = n.startSoon(tagOf(other.receive));
      yield* settle;
      receive.close();
      receive.close();
      assert.equal(yield* own, "ChannelClosed", "who waited on it");
      const later = failureOf(receive.tryReceive());
      assert.equal(later, "ChannelClosed", "a later call");
      yield* put(send, 1);
      assert.equal(yield* theirs, "nothing", "who waited on a clone");
      yield* put(send, 2);
      const sender = n.startSoon(tagOf(send.send(3)));
      yield* settle;
      other.close();
      assert.equal(yield* sender, "ChannelBroken", "who waited to send");
      assert.equal(failureOf(send.trySend(4)), "ChannelBroken");
      assert.equal(yield* tagOf(send.send(4)), "ChannelBroken");
      assert.equal(send.statistics().buffered, 0, "what was in the buffer");
      send.close();
      const both = failureOf(send.trySend(5));
      assert.equal(both, "ChannelClosed", "one's own close counts first");
    })
  );
}

export function refusesClones(make: MakeChannel): Effect.Effect<unknown> {
  return Effect.sync(() => {
    const [send, receive] = make(1);
    send.close();
    receive[Symbol.dispose]();
    assert.throws(() => send.clone(), "a clone of a closed send handle");
    assert.throws(() => receive.clone(), "a clone of a closed receive handle");
  });
}

/** R52 */
export function counts(make: MakeChannel): Effect.Effect<unknown> {
  return within((n) =>
    Effect.gen(function* () {
      const [send, receive] = make(2);
      const seen: Array<readonly number[]> = [];
      const look = () => {
        const now = send.statistics();
        assert.deepEqual(now, receive.statistics(), "from both ends");
        seen.push(digits(now));
      };
      look();
      const clones = [send.clone(), receive.clone()];
      yield* put(send, 1, 2);
      look();
      const sender = n.startSoon(put(send, 3));
      yield* settle;
      look();
      sender.cancel();
      yield* settle;
      drain(receive);
      const taker = n.startSoon(take(receive));
      yield* settle;
      look();
      taker.cancel();
      yield* settle;
      for (const clone of clones) clone.close();
      look();
      assert.deepEqual(seen, [
        [0, 2, 1, 1, 0, 0],
        [2, 2, 2, 2, 0, 0],
        [2, 2, 2, 2, 1, 0],
        [0, 2, 2, 2, 0, 1],
        [0, 2, 1, 1, 0, 0],
      ]);
      assert.equal(send.statistics().peak, 2, "the peak");
    })
  );
}

export function loops(make: MakeChannel): Effect.Effect<unknown> {
  return Effect.gen(function* () {
    const [send, receive] = make(3);
    yield* put(send, 1, 2, 3);
    send.close();
    const heard: number[] = [];
    yield* hear(receive.clone(), (value) => heard.push(value));
    assert.deepEqual(heard, [1, 2, 3], "forEach()");
    assert.equal(
      receive.statistics().openReceiveHandles,
      2,
      "forEach() closed the handle",
    );

    const [give, get] = make(3);
    yield* put(give, 1, 2, 3);
    const first = yield* Effect.promise(() => firstOf(get));
    assert.equal(first, 1, "toAsyncIterable()");
    assert.equal(
      get.statistics().openReceiveHandles,
      0,
      "a loop that was left did not close the handle",
    );
  });
}

async function firstOf(
  receive: ReturnType<MakeChannel>[1],
): Promise<number | undefined> {
  for await (const value of receive.toAsyncIterable()) {
    assert.equal(receive.statistics().buffered, 2, "it was read ahead");
    return value;
  }
  return undefined;
}

function digits(now: ChannelStatistics): readonly number[] {
  return [
    now.buffered,
    now.capacity,
    now.openSendHandles,
    now.openReceiveHandles,
    now.waitingSenders,
    now.waitingReceivers,
  ];
}
