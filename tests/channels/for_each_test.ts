import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import { checkpoint, nursery } from "espalier";
import { openMemoryChannel } from "espalier/channels";
import { virtualTest } from "../support/virtual_test.ts";
import { drain, put, settled, tag } from "./support/turns.ts";

virtualTest(
  "forEach() runs the body on every value, one after the other, and ends quietly",
  function* () {
    const [send, receive] = openMemoryChannel<number>(1);
    const trail: string[] = [];
    yield* nursery(function* (n) {
      n.startSoon(function* () {
        for (const value of [1, 2, 3]) yield* put(send, value);
        send.close();
      });
      yield* Effect.orDie(receive.forEach(function* (value) {
        trail.push(`begin ${value}`);
        yield* checkpoint;
        trail.push(`end ${value}`);
      }));
    });
    assert.deepEqual(trail, [
      "begin 1",
      "end 1",
      "begin 2",
      "end 2",
      "begin 3",
      "end 3",
    ]);
    assert.equal(receive.statistics().openReceiveHandles, 1);
  },
);

virtualTest(
  "forEach() takes the next value when the body has ended (back-pressure)",
  function* () {
    const [send, receive] = openMemoryChannel<number>(0);
    yield* nursery(function* (n) {
      let release: (() => void) | undefined;
      const loop = n.startSoon(
        Effect.ignore(
          receive.forEach(() =>
            new Promise<void>((resolve) => release = resolve)
          ),
        ),
      );
      yield* put(send, 1);
      const second = n.startSoon(put(send, 2));
      yield* settled;
      assert.equal(second.status, "running");
      release?.();
      yield* second;
      release?.();
      loop.cancel();
    });
  },
);

virtualTest(
  "forEach() ends with the failure of the body and leaves the rest",
  function* () {
    const [send, receive] = openMemoryChannel<number>(3);
    for (const value of [1, 2, 3]) send.trySend(value);

    const failure = yield* Effect.flip(
      receive.forEach((value) =>
        value === 2 ? Effect.fail("two" as const) : Effect.void
      ),
    );

    assert.equal(failure, "two");
    assert.deepEqual(drain(receive), [3]);
  },
);

virtualTest(
  "forEach() passes on the end of another channel that its body ran into",
  function* () {
    const [send, receive] = openMemoryChannel<number>(1);
    const [otherSend, other] = openMemoryChannel<number>(1);
    send.trySend(1);
    otherSend.close();

    assert.equal(
      yield* tag(receive.forEach(() => other.receive)),
      "EndOfChannel",
    );
  },
);

virtualTest("forEach() can be run again", function* () {
  const [send, receive] = openMemoryChannel<number>(2);
  const heard: number[] = [];
  const listen = Effect.orDie(
    receive.forEach((value) => Effect.sync(() => heard.push(value))),
  );
  send.trySend(1);
  send.close();
  yield* listen;
  yield* listen;
  assert.deepEqual(heard, [1]);
});

virtualTest("forEach() hands an async body a signal", function* () {
  const [send, receive] = openMemoryChannel<number>(1);
  send.trySend(1);
  send.close();
  let given: unknown;
  yield* Effect.orDie(receive.forEach((_, signal) => {
    given = signal;
    return Promise.resolve();
  }));
  assert.ok(given instanceof AbortSignal);
});

virtualTest("forEach() goes over twenty thousand values", function* () {
  const [send, receive] = openMemoryChannel<number>(Infinity);
  for (let value = 0; value < 20_000; value++) send.trySend(value);
  send.close();
  let sum = 0;
  yield* Effect.orDie(receive.forEach((value) => {
    sum += value;
    return Effect.void;
  }));
  assert.equal(sum, 199_990_000);
});
