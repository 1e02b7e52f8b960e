import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Random from "effect/Random";
import { nursery } from "espalier";
import { onReceive, onSend, openMemoryChannel } from "espalier/channels";
import { type Exploration, explore } from "espalier/testing";
import { drain, pick } from "./support/turns.ts";

for (const capacity of [0, 1]) {
  Deno.test(`a channel of capacity ${capacity} loses and doubles nothing in any interleaving of two senders and a receiver, whoever is cancelled (R13, R14, R53)`, async () => {
    const body = () => passing(capacity);
    const found = await explore(body, { cancelEverywhere: true });
    assertProved(found);
  });
}

Deno.test("two selects that offer and ask let the same thing happen on both sides, in any interleaving, whoever is cancelled (R13, R14)", async () => {
  const found = await explore(() => Random.withSeed(meeting(), "same"), {
    cancelEverywhere: true,
  });
  assertProved(found);
});

function passing(capacity: number): Effect.Effect<void> {
  const [send, receive] = openMemoryChannel<string>(capacity);
  const sent: string[] = [];
  const received: string[] = [];
  const producer = (value: string) =>
    Effect.ignore(Effect.map(send.send(value), () => sent.push(value)));
  const consumer = Effect.ignore(receive.forEach((value) => {
    received.push(value);
    return Effect.void;
  }));
  // Whoever is left behind by a consumer that was cancelled is told so.
  const leave = Effect.sync(() => {
    received.push(...drain(receive));
    receive.close();
  });
  const crowd = nursery(function* (n) {
    n.startSoon(Effect.ensuring(consumer, leave));
    const producers = ["a", "b"].map((value) => n.startSoon(producer(value)));
    for (const future of producers) yield* future.outcome;
    send.close();
  });
  return Effect.map(crowd, () => {
    assert.deepEqual(received.sort(), sent.sort());
  });
}

function meeting(): Effect.Effect<void> {
  const [send, receive] = openMemoryChannel<string>(0);
  const trail: string[] = [];
  const both = (name: string) =>
    pick([
      onSend(send, name, () => {
        trail.push(`${name} was sent`);
        return Effect.void;
      }),
      onReceive(receive, (value) => {
        trail.push(`${value} was received`);
        return Effect.void;
      }),
    ]);
  const crowd = nursery(function* (n) {
    const [a, b] = ["a", "b"].map((name) => n.startSoon(both(name)));
    // Where one was cancelled the other waits for ever.
    const left = Effect.raceFirst(a!.outcome, b!.outcome);
    const outcome = yield* left;
    if (outcome._tag === "Cancelled") n.cancelScope.cancel();
  }, { onCancelled: () => undefined });
  return Effect.map(crowd, () => {
    const isOneWay = [
      "",
      "a was received,a was sent",
      "b was received,b was sent",
    ];
    assert.ok(isOneWay.includes(trail.sort().join()), trail.join());
    const { waitingSenders, waitingReceivers } = send.statistics();
    assert.equal(waitingSenders + waitingReceivers, 0);
  });
}

function assertProved(
  { failure, exhausted, interleavings }: Exploration,
): void {
  assert.equal(failure?.story, undefined, String(failure?.error));
  assert.ok(exhausted);
  assert.ok(interleavings > 10, `${interleavings} interleavings`);
}
