// What does it cost to select among channels, beside a plain receive and a race of
// Effect's takes?
//
// A select that finds something ready costs a draw and a second look at what it
// found, whatever the number of branches that are not ready. One that waits joins
// and leaves the queue of each branch. A race starts and interrupts a fiber for
// each.
//
//     deno run --lock=bench/deno.lock bench/channels/select_bench.ts

import * as Effect from "effect/Effect";
import * as Queue from "effect/Queue";
import {
  nursery,
  onReceive,
  openMemoryChannel,
  type ReceiveChannel,
  run,
  select,
} from "espalier";
import { note, table } from "../harness.ts";

const VALUES = 2_000;
const silent = Array.from(
  { length: 8 },
  () => openMemoryChannel<number>(0)[1],
);
const nothing = () => Effect.void;

for (const branches of [2, 8]) {
  await table(
    `per value, among ${branches} of which one is ready`,
    [
      {
        name: "receive",
        run: () => taken((channel) => Effect.asVoid(channel.receive)),
      },
      {
        name: "select",
        run: () =>
          taken((channel) =>
            select(
              among(branches, channel).map((it) => onReceive(it, nothing)),
            )
          ),
      },
      { name: "Effect.raceFirst of takes", run: () => raced(branches) },
    ].map((row) => ({ ...row, ops: VALUES })),
  );
  await table(
    `per value, among ${branches} of which one is sent to later`,
    [
      {
        name: "receive",
        run: () => awaited((channel) => Effect.asVoid(channel.receive)),
      },
      {
        name: "select",
        run: () =>
          awaited((channel) =>
            select(
              among(branches, channel).map((it) => onReceive(it, nothing)),
            )
          ),
      },
    ].map((row) => ({ ...row, ops: VALUES })),
  );
}
note("The branches are made anew for every select, as a program would.");

type Take = (
  channel: ReceiveChannel<number>,
) => Effect.Effect<unknown, unknown>;

/** Takes values that are there. */
async function taken(take: Take): Promise<void> {
  const [send, receive] = openMemoryChannel<number>(VALUES);
  for (let i = 0; i < VALUES; i++) send.trySend(i);
  await run(Effect.gen(function* () {
    for (let i = 0; i < VALUES; i++) yield* take(receive);
  }));
}

/** Takes values from a sender that waits to hand them over. */
async function awaited(take: Take): Promise<void> {
  const [send, receive] = openMemoryChannel<number>(0);
  await run(nursery(function* (n) {
    n.startSoon(Effect.orDie(Effect.gen(function* () {
      for (let i = 0; i < VALUES; i++) yield* take(receive);
    })));
    for (let i = 0; i < VALUES; i++) yield* Effect.orDie(send.send(i));
  }));
}

async function raced(branches: number): Promise<void> {
  await Effect.runPromise(Effect.gen(function* () {
    const queue = yield* Queue.unbounded<number>();
    const others: Queue.Queue<number>[] = [];
    for (let i = 1; i < branches; i++) {
      others.push(yield* Queue.unbounded<number>());
    }
    for (let i = 0; i < VALUES; i++) yield* Queue.offer(queue, i);
    for (let i = 0; i < VALUES; i++) {
      yield* Effect.raceAllFirst(
        [...others, queue].map((it) => Queue.take(it)),
      );
    }
  }));
}

function among(
  branches: number,
  channel: ReceiveChannel<number>,
): ReceiveChannel<number>[] {
  return [...silent.slice(1, branches), channel];
}
