// Every operation of a channel on a scheduler that takes turns away between
// operations, with cancellations at random places.

import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import {
  checkpoint,
  type Nursery,
  nursery,
  type ReceiveChannel,
  ReceiverLagged,
  select,
} from "espalier";
import {
  onReceive,
  onSend,
  onSleep,
  openBroadcast,
  openFallibleChannel,
  openMemoryChannel,
  openWatch,
} from "espalier/channels";
import { type RoomNews, whenRoom } from "../../src/channels/when_room.ts";
import type { Dice } from "../support/dice.ts";
import { preemptedTest } from "../support/preempting.ts";
import { drain, put, settled, take, turns } from "./support/turns.ts";

type Consume = (
  from: ReceiveChannel<number, unknown>,
  got: (value: number) => void,
  dice: Dice,
) => Effect.Effect<unknown, unknown>;

/** Ways to take values for as long as there are any. */
const CONSUMERS: Record<string, Consume> = {
  receive: (from, got) =>
    Effect.forever(Effect.gen(function* () {
      got(yield* from.receive);
    })),
  forEach: (from, got) =>
    from.forEach((value) =>
      Effect.gen(function* () {
        got(value);
        yield* checkpoint;
      })
    ),
  "forEach with a promise": (from, got) =>
    from.forEach(async (value) => {
      got(value);
      await undefined;
    }),
  toStream: (from, got) =>
    Stream.runForEach(
      Stream.map(from.toStream(), (value) => value),
      (value) => Effect.sync(() => got(value)),
    ),
  select: (from, got, dice) =>
    Effect.forever(Effect.suspend(() =>
      select([
        onReceive(from, (value) => Effect.sync(() => got(value))),
        onSleep(dice(3), () => Effect.void),
      ])
    )),
};

for (const [name, consume] of Object.entries(CONSUMERS)) {
  preemptedTest(
    `${name} loses and doubles no value, wherever turns are taken away (R14)`,
    (dice) => {
      const [send, receive] = openMemoryChannel<number>(dice(3));
      const sent: number[] = [];
      const got: number[] = [];
      return nursery(function* (n: Nursery) {
        const producers = Array.from(
          { length: 3 },
          (_, at) => n.startSoon(produce(at * 100)),
        );
        const consumers = Array.from(
          { length: 3 },
          () =>
            n.startSoon(
              Effect.ignore(
                consume(receive.clone(), (it) => void got.push(it), dice),
              ),
            ),
        );
        for (let i = dice(4); i > 0; i--) {
          yield* turns(dice(9));
          const all = dice(2) === 0 ? producers : consumers.slice(0, 2);
          all[dice(all.length)]!.cancel();
        }
        for (const it of producers) yield* it.outcome;
        send.close();
        for (const it of consumers.slice(0, 2)) it.cancel();
        yield* settled;
        consumers[2]!.cancel();
        for (const it of consumers) yield* it.outcome;
        got.push(...drain(receive));
        assert.deepEqual(got.sort(), sent.sort());
        const { waitingSenders, waitingReceivers } = receive.statistics();
        assert.deepEqual([waitingSenders, waitingReceivers], [0, 0]);
      });

      function produce(from: number): Effect.Effect<void> {
        return Effect.orDie(Effect.gen(function* () {
          for (let value = from; value < from + 6; value++) {
            if (dice(2) === 0) {
              yield* send.send(value);
              sent.push(value);
            } else {
              yield* select([
                onSend(send, value, () => Effect.sync(() => sent.push(value))),
              ]);
            }
          }
        }));
      }
    },
  );
}

preemptedTest(
  "toAsyncIterable() loses and doubles no value, wherever turns are taken away",
  (dice) => {
    const [send, receive] = openMemoryChannel<number>(dice(3));
    const sent: number[] = [];
    const got: number[] = [];
    return nursery(function* (n: Nursery) {
      const reader = receive.clone();
      const reading = n.startSoon(async () => {
        for await (const value of reader.toAsyncIterable()) got.push(value);
      });
      for (let value = 0; value < 8; value++) {
        // At capacity 0 it may not have asked for anything yet.
        if (send.trySend(value)._tag === "Success") sent.push(value);
        yield* turns(dice(4));
        if (dice(8) === 0) reading.cancel();
      }
      reading.cancel();
      yield* reading.outcome;
      assert.deepEqual([...got, ...drain(receive)], sent);
      assert.equal(receive.statistics().waitingReceivers, 0);
    });
  },
);

for (const onSlow of ["wait", "dropOldest", "dropNewest", "fail"] as const) {
  preemptedTest(
    `openBroadcast() with onSlow "${onSlow}" keeps the order for everybody, wherever turns are taken away`,
    (dice) => {
      const { sender, subscribe } = openBroadcast<number>({
        capacity: 1 + dice(2),
        onSlow,
      });
      const sent: number[] = [];
      return nursery(function* (n: Nursery) {
        const listeners = Array.from({ length: 3 }, () => {
          const heard: number[] = [];
          let missed = 0;
          const own = subscribe();
          const task = n.startSoon(Effect.ignore(Effect.forever(
            Effect.matchEffect(own.receive, {
              onSuccess: (value) => Effect.sync(() => heard.push(value)),
              onFailure: (error) =>
                error instanceof ReceiverLagged
                  ? Effect.sync(() => missed += error.missed)
                  : Effect.fail(error),
            }),
          )));
          return { task, heard, own, missed: () => missed };
        });
        const [leaving, ...staying] = listeners;
        n.startSoon(function* () {
          yield* turns(dice(20));
          leaving!.task.cancel();
          leaving!.own.close();
        });
        for (let value = 0; value < 8; value++) {
          yield* put(sender, value);
          sent.push(value);
          yield* turns(dice(3));
        }
        sender.close();
        for (const { task, heard, missed } of staying) {
          yield* task;
          if (onSlow === "wait") assert.deepEqual(heard, sent);
          if (onSlow === "fail") assert.equal(heard.length + missed(), 8);
          if (onSlow === "dropOldest") assert.equal(heard.at(-1), 7);
          assert.deepEqual(heard, sent.filter((it) => heard.includes(it)));
        }
      });
    },
  );
}

preemptedTest(
  "openWatch() answers the last value last, wherever turns are taken away",
  (dice) => {
    const watched = openWatch(0);
    return nursery(function* (n: Nursery) {
      const listeners = Array.from({ length: 3 }, () => {
        const seen: number[] = [];
        const own = watched.subscribe();
        const task = n.startSoon(
          Effect.ignore(own.forEach((it) => Effect.sync(() => seen.push(it)))),
        );
        return { seen, task };
      });
      for (let value = 1; value < 6; value++) {
        watched.value = value;
        yield* turns(dice(5));
      }
      watched.close();
      for (const { seen, task } of listeners) {
        yield* task;
        assert.equal(seen.at(-1), 5);
        assert.deepEqual(seen, seen.toSorted((a, b) => a - b));
        assert.equal(new Set(seen).size, seen.length);
      }
    });
  },
);

preemptedTest(
  "a producer on demand begins nothing that nobody asks for, wherever turns are taken away (R59)",
  (dice) => {
    const [send, receive] = openFallibleChannel<number, string>(0);
    let produced = 0;
    return nursery(function* (n: Nursery) {
      const producer = n.startSoon(Effect.ignore(Effect.gen(function* () {
        for (;;) {
          yield* send.ready;
          yield* send.send(++produced);
        }
      })));
      for (let asked = 1; asked <= 5; asked++) {
        yield* turns(dice(6));
        assert.equal(produced, asked - 1);
        assert.equal(yield* take(receive), asked);
      }
      if (dice(2) === 0) producer.cancel();
      else send.fail("enough");
      yield* producer.outcome;
      assert.equal(send.statistics().waitingSenders, 0);
    });
  },
);

preemptedTest(
  "whenRoom() keeps a stream without a task going, wherever turns are taken away",
  (dice) => {
    const capacity = dice(4);
    const [send, receive] = openMemoryChannel<number>(capacity);
    const got: number[] = [];
    let next = 0;
    const refill = (news: RoomNews): void => {
      if (news !== "room") return;
      while (next < 20 && send.trySend(next)._tag === "Success") next++;
      if (next < 20) whenRoom(send, dice(capacity + 1), refill);
      else send.close();
    };
    return nursery(function* (n: Nursery) {
      const readers = Array.from(
        { length: 3 },
        () =>
          n.startSoon(
            Effect.ignore(receive.forEach((value) =>
              Effect.gen(function* () {
                got.push(value);
                yield* turns(dice(3));
              })
            )),
          ),
      );
      yield* turns(dice(5));
      refill("room");
      yield* turns(dice(9));
      readers[0]!.cancel();
      for (const it of readers) yield* it.outcome;
      assert.deepEqual(
        got.sort((a, b) => a - b),
        Array.from({ length: 20 }, (_, at) => at),
      );
    });
  },
);
