import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import { type Nursery, nursery } from "espalier";
import {
  type Branch,
  onReceive,
  onSend,
  openMemoryChannel,
  select,
} from "espalier/channels";
import type { Dice } from "../../support/dice.ts";
import { drain, settled, turns } from "./turns.ts";

/**
 * A crowd of tasks that send, receive and select at random, of which some are
 * cancelled at random: counts what came of it.
 */
export function crowd(dice: Dice): Effect.Effect<void> {
  const channels = [0, 0, dice(3)].map((capacity) =>
    openMemoryChannel<string>(capacity)
  );
  const sent: string[] = [];
  const received: string[] = [];
  let tasks = 0;

  function branchAt(name: string, at: number): Branch<unknown, unknown> {
    const [send, receive] = channels[dice(channels.length)]!;
    const value = `${name}.${at}`;
    return dice(2) === 0
      ? onReceive(receive, (value) => Effect.sync(() => received.push(value)))
      : onSend(send, value, () => Effect.sync(() => sent.push(value)));
  }

  function member(name: string): Effect.Effect<void> {
    return Effect.ignore(Effect.gen(function* () {
      for (let round = 0, last = 1 + dice(3); round < last; round++) {
        const count = 1 + dice(3);
        const branches = Array.from(
          { length: count },
          (_, at) => branchAt(`${name}.${round}`, at),
        );
        yield* select(branches);
        if (dice(3) === 0) yield* turns(1);
      }
    }));
  }

  return nursery(function* (n: Nursery) {
    const living = Array.from(
      { length: 3 + dice(6) },
      () => n.startSoon(member(`t${tasks++}`)),
    );
    for (let step = dice(6); step > 0; step--) {
      yield* turns(dice(3));
      living[dice(living.length)]!.cancel();
      if (dice(2) === 0) living.push(n.startSoon(member(`t${tasks++}`)));
    }
    yield* settled;
    for (const future of living) future.cancel();
    yield* settled;
    for (const [send, receive] of channels) {
      received.push(...drain(receive));
      const { waitingSenders, waitingReceivers } = send.statistics();
      assert.equal(waitingSenders + waitingReceivers, 0, "a trace was left");
    }
    assert.deepEqual(received.sort(), sent.sort());
    assert.equal(new Set(received).size, received.length, "received twice");
  });
}
