import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import {
  openMemoryChannel,
  type ReceiveChannel,
  type SendChannel,
  sleep,
} from "espalier";
import { drain } from "../../channels/support/turns.ts";
import { outcomes, prove } from "../support/prove.ts";
import { each, together } from "../support/together.ts";

for (const capacity of [0, 1, 2]) {
  Deno.test(`a channel of capacity ${capacity} loses and doubles nothing, whoever is cancelled (R13, R14, R53)`, async () => {
    await prove(function* () {
      const [send, receive] = openMemoryChannel<string>(capacity);
      const sent: string[] = [];
      const received: string[] = [];
      yield* together({
        ...each("ab", (name) =>
          Effect.ignore(
            Effect.map(send.send(name), () => sent.push(name)),
          )),
        receiver: takeInto(received, receive),
      }, () => send.close());
      received.push(...drain(receive));
      assert.deepEqual(received.toSorted(), sent.toSorted());
      assertIdle(send);
    }, { cancelEverywhere: true, atLeast: 200 });
  });

  Deno.test(`a channel of capacity ${capacity} keeps the order of each sender, preempted or not (R53)`, async () => {
    const orders = await outcomes(function* () {
      const [send, receive] = openMemoryChannel<string>(capacity);
      const received: string[] = [];
      yield* together({
        *one() {
          for (const value of ["1", "2", "3"]) yield* send.send(value);
          send.close();
        },
        receiver: receive.forEach((value) =>
          Effect.sync(() => received.push(value))
        ),
      });
      assertIdle(send);
      return received.join("");
    }, { preemptions: 1, atLeast: 50 });

    assert.deepEqual(orders, ["123"]);
  });
}

Deno.test("a channel serves senders and receivers in the order in which they came, whoever is cancelled (R24, R53)", async () => {
  await prove(function* () {
    const [send, receive] = openMemoryChannel<string>(0);
    const offered: string[] = [];
    const received: string[] = [];
    yield* together({
      ...each("ab", (name) =>
        Effect.ignore(Effect.suspend(() => {
          offered.push(name);
          return send.send(name);
        }))),
      // They are all there, or cancelled, when it begins.
      receiver: Effect.andThen(sleep(1), takeInto(received, receive)),
    }, () => send.close());
    assert.deepEqual(received, offered.filter((it) => received.includes(it)));
  }, { cancelEverywhere: true, atLeast: 500 });
});

Deno.test("a value belongs to the receiver it was given to: nobody else can take it (R13, R53)", async () => {
  const ends = await outcomes(function* () {
    const [send, receive] = openMemoryChannel<string>(0);
    const trail: string[] = [];
    yield* together({
      receiver: Effect.map(receive.receive, (value) => trail.push(value)),
      thief: Effect.sync(() => {
        const taken = receive.tryReceive();
        if (Result.isSuccess(taken)) trail.push(`stolen ${taken.success}`);
      }),
      sender: Effect.sync(() => {
        const isReceived = Result.isSuccess(send.trySend("it"));
        trail.push(isReceived ? "given" : "refused");
        // Nobody waits any more: the receiver was cancelled, or has not come.
        if (!isReceived) send.close();
      }),
    }).pipe(Effect.ignore);
    return trail.join(", ");
  }, { cancelEverywhere: true, atLeast: 20 });

  assert.deepEqual(ends, ["given, it", "refused"]);
});

Deno.test("closing the last sender ends the receivers after what was sent, whoever is cancelled (R56)", async () => {
  const ends = await outcomes(function* () {
    const [send, receive] = openMemoryChannel<string>(1);
    const trail: string[] = [];
    yield* together({
      sender: Effect.ensuring(
        Effect.orDie(send.send("it")),
        Effect.sync(() => send.close()),
      ),
      ...each("ab", () =>
        Effect.matchEffect(receive.receive, {
          onSuccess: (value) => Effect.sync(() => trail.push(value)),
          onFailure: ({ _tag }) => Effect.sync(() => trail.push(_tag)),
        })),
    });
    const left = drain(receive);
    assert.ok(left.length === 0 || trail.length < 2, "left though received");
    assertIdle(send);
    return trail.join(", ");
  }, { cancelEverywhere: true, atLeast: 50 });

  assert.deepEqual(ends, [
    "EndOfChannel, EndOfChannel",
    "EndOfChannel, it",
    "it",
    "it, EndOfChannel",
  ]);
});

Deno.test("closing the last receiver tells every sender, whoever is cancelled (R56)", async () => {
  const ends = await outcomes(function* () {
    const [send, receive] = openMemoryChannel<string>(0);
    const trail: string[] = [];
    yield* together({
      ...each("ab", (name) =>
        Effect.matchEffect(send.send(name), {
          onSuccess: () => Effect.sync(() => trail.push("sent")),
          onFailure: ({ _tag }) => Effect.sync(() => trail.push(_tag)),
        })),
      receiver: Effect.ensuring(
        Effect.ignore(receive.receive),
        Effect.sync(() => receive.close()),
      ),
    });
    assertIdle(send);
    return trail.toSorted().join(", ");
  }, { cancelEverywhere: true, atLeast: 50 });

  assert.deepEqual(ends, [
    "ChannelBroken, ChannelBroken",
    "ChannelBroken, sent",
    "sent",
  ]);
});

/** Receives until there are no more. */
function takeInto(
  received: string[],
  receive: ReceiveChannel<string>,
): Effect.Effect<void> {
  return Effect.ignore(
    receive.forEach((value) => Effect.sync(() => received.push(value))),
  );
}

function assertIdle(send: SendChannel<string>): void {
  const { waitingSenders, waitingReceivers } = send.statistics();
  assert.deepEqual([waitingSenders, waitingReceivers], [0, 0]);
}
