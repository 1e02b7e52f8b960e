import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import {
  type Broadcast,
  openBroadcast,
  type ReceiveChannel,
  ReceiverLagged,
} from "espalier";
import { outcomes, prove } from "../support/prove.ts";
import { together } from "../support/together.ts";

for (const capacity of [0, 1]) {
  Deno.test(`a broadcast of capacity ${capacity} that waits brings a value to every subscriber, preempted or not`, async () => {
    await prove(function* () {
      const { sender, subscribe } = openBroadcast<number>({ capacity });
      const heard: number[][] = [[], []];
      yield* together({
        sender: sendAll(sender, 1),
        a: hear(subscribe(), heard[0]!),
        b: hear(subscribe(), heard[1]!),
      });
      assert.deepEqual(heard, [[1], [1]]);
    }, { preemptions: 1, atLeast: 500 });
  });
}

Deno.test("a broadcast that waits reaches all or, cancelled, nobody, and goes on without a subscriber that left", async () => {
  const ends = await outcomes(function* () {
    const { sender, subscribe } = openBroadcast<number>({ capacity: 0 });
    const heard: number[][] = [[], []];
    let sent = 0;
    const listen = (place: number) => {
      const end = subscribe();
      return Effect.ensuring(
        hear(end, heard[place]!),
        Effect.sync(() => end.close()),
      );
    };
    yield* together({
      sender: Effect.ensuring(
        Effect.forEach(
          [1, 2],
          (it) => Effect.map(sender.send(it), () => sent = it),
        ),
        Effect.sync(() => sender.close()),
      ),
      a: listen(0),
      b: listen(1),
    });
    const counts = heard.map((values) => {
      assert.deepEqual(values, [1, 2].slice(0, values.length));
      return values.length;
    });
    // One of the three was cancelled at the most.
    assert.equal(Math.max(...counts), sent);
    return `${sent} sent, ${counts.sort()}`;
  }, { cancelEverywhere: true, atLeast: 500 });

  assert.deepEqual(ends, [
    "0 sent, 0,0",
    "1 sent, 1,1",
    "2 sent, 0,2",
    "2 sent, 1,2",
    "2 sent, 2,2",
  ]);
});

const HEARD = {
  dropOldest: ["1 2 3", "1 3", "2 3", "3"],
  dropNewest: ["1", "1 2", "1 2 3", "1 3"],
  fail: ["1 -1 3", "1 -2", "1 2 -1", "1 2 3"],
};

for (const [onSlow, heardEver] of Object.entries(HEARD)) {
  Deno.test(`a broadcast with "${onSlow}" never makes the sender wait, and drops what it says`, async () => {
    const ends = await outcomes(function* () {
      const { sender, subscribe } = openBroadcast<number>({
        capacity: 1,
        onSlow: onSlow as keyof typeof HEARD,
      });
      const heard: Array<number | string> = [];
      yield* together({
        sender: sendAll(sender, 3),
        listener: hear(subscribe(), heard),
      });
      return heard.join(" ");
    }, { atLeast: 30 });

    assert.deepEqual(ends, heardEver);
  });
}

/** Sends 1, 2, 3 and so on. */
function sendAll(sender: Broadcast<number>["sender"], count: number) {
  return Effect.ensuring(
    Effect.forEach(
      Array.from({ length: count }, (_, at) => at + 1),
      (value) => sender.send(value),
    ),
    Effect.sync(() => sender.close()),
  );
}

/** Writes down what it hears, and how many it missed. */
function hear(
  end: ReceiveChannel<number, ReceiverLagged>,
  heard: Array<number | string>,
): Effect.Effect<void> {
  const listen: Effect.Effect<void, unknown> = end.forEach((value) =>
    Effect.sync(() => heard.push(value))
  );
  return Effect.orDie(Effect.catch(listen, (error) => {
    if (!(error instanceof ReceiverLagged)) return Effect.fail(error);
    heard.push(`-${error.missed}`);
    return hear(end, heard);
  }));
}
