import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import { cancelScope, moveOnAfter, now, nursery, sleep } from "espalier";
import {
  openBroadcast,
  openFallibleChannel,
  openMemoryChannel,
  type ReceiveChannel,
} from "espalier/channels";
import { virtualTest } from "../support/virtual_test.ts";
import { drain, put, settled } from "./support/turns.ts";

Deno.test("toAsyncIterable() gives every value to a loop of the host, and ends with the channel", async () => {
  const [send, receive] = openMemoryChannel<number>(2);
  setTimeout(() => {
    for (const value of [1, 2]) send.trySend(value);
    send.close();
  }, 1);
  assert.deepEqual(await collected(receive), [1, 2]);
  assert.equal(receive.statistics().openReceiveHandles, 1);
});

Deno.test("leaving the loop early closes the handle", async () => {
  const [send, receive] = openMemoryChannel<number>(2);
  for (const value of [1, 2]) send.trySend(value);
  for await (const value of receive.toAsyncIterable()) {
    assert.equal(value, 1);
    break;
  }
  assert.equal(receive.statistics().openReceiveHandles, 0);
  assert.equal(send.statistics().buffered, 0);
});

Deno.test("toAsyncIterable() takes one value for each next(), and none ahead", async () => {
  const [send, receive] = openMemoryChannel<number>(3);
  for (const value of [1, 2, 3]) send.trySend(value);
  const iterable = receive.toAsyncIterable();
  assert.equal(send.statistics().buffered, 3);
  const iterator = iterable[Symbol.asyncIterator]();
  assert.equal(send.statistics().buffered, 3);
  assert.deepEqual(await iterator.next(), { done: false, value: 1 });
  assert.equal(send.statistics().buffered, 2);
});

Deno.test("several next() at once are served in order, and return() ends those that wait", async () => {
  const [send, receive] = openMemoryChannel<number>(0);
  const iterator = receive.toAsyncIterable()[Symbol.asyncIterator]();
  const steps = [iterator.next(), iterator.next(), iterator.next()];
  send.trySend(1);
  send.trySend(2);
  await iterator.return?.();
  assert.deepEqual(await Promise.all(steps), [
    { done: false, value: 1 },
    { done: false, value: 2 },
    { done: true, value: undefined },
  ]);
  assert.deepEqual(await iterator.next(), { done: true, value: undefined });
});

Deno.test("a loop over a channel whose producer failed throws the failure itself", async () => {
  const [send, receive] = openFallibleChannel<number, Error>(1);
  const failure = new Error("disk full");
  send.trySend(1);
  send.fail(failure);
  const heard: number[] = [];
  await assert.rejects(async () => {
    for await (const value of receive.toAsyncIterable()) heard.push(value);
  }, (thrown) => thrown === failure);
  assert.deepEqual(heard, [1]);
});

Deno.test("a loop over a handle that is closed by somebody else throws ChannelClosed", async () => {
  const [, receive] = openMemoryChannel<number>(1);
  setTimeout(() => receive.close(), 1);
  await assert.rejects(collected(receive), { name: "ChannelClosed" });
});

Deno.test("a loop over a slow subscription throws ReceiverLagged", async () => {
  const { sender, subscribe } = openBroadcast<number>({
    capacity: 1,
    onSlow: "fail",
  });
  const slow = subscribe();
  for (const value of [1, 2, 3]) sender.trySend(value);
  await assert.rejects(collected(slow), { name: "ReceiverLagged", missed: 2 });
});

virtualTest(
  "a loop in an async body ends with the cancellation of its scope",
  function* () {
    const [send, receive] = openMemoryChannel<number>(0);
    const heard: number[] = [];
    yield* nursery(function* (n) {
      n.startSoon(moveOnAfter(10, async () => {
        for await (const value of receive.toAsyncIterable()) heard.push(value);
      }));
      yield* put(send, 1);
      yield* put(send, 2);
    });
    assert.equal(now(), 10);
    assert.deepEqual(heard, [1, 2]);
    assert.equal(receive.statistics().waitingReceivers, 0);
  },
);

virtualTest(
  "an iterable that was made in one scope and is looped over in another ends with the scope of the loop",
  function* () {
    const [, receive] = openMemoryChannel<number>(0);
    const iterable = receive.toAsyncIterable();
    yield* moveOnAfter(10, () => loopOver(iterable));
    assert.equal(now(), 10);
  },
);

virtualTest(
  "an iterable that was made in a task and is looped over in host code ends with the scope that it was made in",
  function* () {
    const [, receive] = openMemoryChannel<number>(0);
    yield* moveOnAfter(10, async () => {
      const iterable = receive.toAsyncIterable();
      await Promise.resolve();
      await loopOver(iterable);
    });
    assert.equal(now(), 10);
  },
);

virtualTest(
  "a loop whose scope is cancelled already takes nothing (R14)",
  function* () {
    const [send, receive] = openMemoryChannel<number>(1);
    send.trySend(1);
    yield* cancelScope(async (scope) => {
      scope.cancel();
      await loopOver(receive.toAsyncIterable());
    });
    assert.deepEqual(drain(receive), [1]);
  },
);

virtualTest(
  "a loop leaves no listener on the signal of its scope",
  function* () {
    const [send, receive] = openMemoryChannel<number>(0);
    let listeners = 0;
    yield* nursery(function* (n) {
      const looping = n.startSoon((signal) => {
        listeners = countListeners(signal, (count) => listeners = count);
        return collected(receive);
      });
      for (const value of [1, 2, 3]) {
        yield* put(send, value);
        yield* settled;
      }
      assert.equal(listeners, 1, "the step that waits");
      send.close();
      assert.deepEqual(yield* looping, [1, 2, 3]);
    });
    assert.equal(listeners, 0);
  },
);

virtualTest(
  "the virtual clock moves on for a loop that waits for a task that sleeps (R69)",
  function* () {
    const [send, receive] = openMemoryChannel<number>(0);
    yield* nursery(function* (n) {
      const looping = n.startSoon(() => collected(receive));
      n.startSoon(function* () {
        yield* sleep("1 hour");
        yield* put(send, 1);
        send.close();
      });
      assert.deepEqual(yield* looping, [1]);
    });
    assert.equal(now(), 3_600_000);
  },
);

virtualTest(
  "a loop waits in the queue of the channel like any receiver (R24)",
  function* () {
    const [send, receive] = openMemoryChannel<number>(0);
    yield* nursery(function* (n) {
      const clone = receive.clone();
      const looping = n.startSoon(async () => {
        for await (const value of clone.toAsyncIterable()) return value;
      });
      yield* settled;
      const second = n.startSoon(Effect.orDie(receive.receive));
      yield* settled;
      assert.equal(send.statistics().waitingReceivers, 2);
      send.trySend(1);
      send.trySend(2);
      assert.deepEqual([yield* looping, yield* second], [1, 2]);
    });
  },
);

async function collected<T>(channel: ReceiveChannel<T, unknown>): Promise<T[]> {
  const values: T[] = [];
  for await (const value of channel.toAsyncIterable()) values.push(value);
  return values;
}

async function loopOver(iterable: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of iterable);
}

/** Tells how many listeners a signal has, from now on. */
function countListeners(
  signal: AbortSignal,
  tell: (count: number) => void,
): number {
  let count = 0;
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...args: unknown[]) => {
    tell(++count);
    Reflect.apply(addEventListener, signal, args);
  };
  signal.removeEventListener = (...args: unknown[]) => {
    tell(--count);
    Reflect.apply(removeEventListener, signal, args);
  };
  return count;
}
