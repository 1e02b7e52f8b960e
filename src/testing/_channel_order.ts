import assert from "node:assert/strict";
import * as Effect from "npm:effect@^4.1.0/Effect";
import { drain, hear, put, take } from "./_channel_steps.ts";
import { failureOf } from "./_failure_tags.ts";
import { settle, within } from "./_law_steps.ts";
import { CAPACITIES, type MakeChannel } from "./_make_channel.ts";
import { assertSame, valuesOf } from "./_sent_values.ts";

export function tries(make: MakeChannel): Effect.Effect<unknown> {
  return Effect.sync(() => {
    for (const capacity of CAPACITIES) {
      const [send, receive] = make(capacity);
      const where = `at capacity ${capacity}`;
      const values = valuesOf(0, capacity);
      assert.equal(failureOf(receive.tryReceive()), "WouldBlock", where);
      for (const value of values) {
        assert.equal(failureOf(send.trySend(value)), "nothing", where);
      }
      assert.equal(failureOf(send.trySend(99)), "WouldBlock", where);
      assert.deepEqual(drain(receive), values, where);
    }
  });
}

export function keepsOrder(make: MakeChannel): Effect.Effect<unknown> {
  return Effect.forEach(
    CAPACITIES,
    (capacity) =>
      within((n) =>
        Effect.gen(function* () {
          const [send, receive] = make(capacity);
          for (let at = 0; at < 8; at++) n.startSoon(put(send, at));
          yield* settle;
          const received: number[] = [];
          for (let at = 0; at < 8; at++) received.push(yield* take(receive));
          const where = `senders that wait, at capacity ${capacity}`;
          assert.deepEqual(received, valuesOf(0, 8), where);
        })
      ),
  );
}

export function servesInTurn(make: MakeChannel): Effect.Effect<unknown> {
  return Effect.forEach(
    CAPACITIES,
    (capacity) =>
      within((n) =>
        Effect.gen(function* () {
          const [send, receive] = make(capacity);
          const takers = [0, 1, 2, 3].map(() => n.startSoon(take(receive)));
          yield* settle;
          for (let at = 0; at < 4; at++) yield* put(send, at);
          const received = yield* Effect.all(takers);
          const where = `receivers that wait, at capacity ${capacity}`;
          assert.deepEqual(received, [0, 1, 2, 3], where);
        })
      ),
  );
}

/** R53: what was handed over belongs to the one it was handed to. */
export function handsOver(make: MakeChannel): Effect.Effect<unknown> {
  return Effect.forEach(
    CAPACITIES,
    (capacity) =>
      within((n) =>
        Effect.gen(function* () {
          const [send, receive] = make(capacity);
          const where = `at capacity ${capacity}`;
          const taker = n.startSoon(take(receive));
          yield* settle;
          assert.equal(failureOf(send.trySend(1)), "nothing", where);
          const stolen = failureOf(receive.tryReceive());
          assert.equal(stolen, "WouldBlock", `taken before a waiter, ${where}`);
          assert.equal(yield* taker, 1, where);

          for (let at = 0; at < capacity; at++) send.trySend(at);
          n.startSoon(put(send, capacity));
          yield* settle;
          assert.equal(yield* take(receive), 0, where);
          const barged = failureOf(send.trySend(99));
          assert.equal(
            barged,
            "WouldBlock",
            `sent before one who waited, ${where}`,
          );
        })
      ),
  );
}

export function shares(make: MakeChannel): Effect.Effect<unknown> {
  return Effect.forEach(CAPACITIES, (capacity) =>
    Effect.gen(function* () {
      const [send, receive] = make(capacity);
      const received: number[] = [];
      yield* within((n) =>
        Effect.sync(() => {
          for (let id = 0; id < 10; id++) {
            const mine = send.clone();
            const close = Effect.sync(() => mine.close());
            n.startSoon(Effect.ensuring(put(mine, ...valuesOf(id, 5)), close));
          }
          send.close();
          for (let id = 0; id < 5; id++) {
            const mine = receive.clone();
            n.startSoon(hear(mine, (value) => received.push(value)));
          }
          receive.close();
        })
      );
      const sent = Array.from({ length: 10 }, (_, id) => valuesOf(id, 5));
      assertSame(received, sent.flat(), `at capacity ${capacity}`);
    }));
}
