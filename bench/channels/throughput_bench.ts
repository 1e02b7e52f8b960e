// What does it cost to pass a value from task to task, at capacity 0, 1 and
// 1024, one to one and eight to eight, beside Effect's Queue, a Web
// TransformStream and Effection's channel?
//
// What costs is the checkpoint: each send and each receive of ours gives a turn
// to everybody who can run, also where there is room or something to take. So a
// value takes two suspensions of a fiber, and a suspension is most of the time
// there is (the row that passes nothing). Given the same turns, Effect's Queue
// costs as much (the first row); without them it suspends about once for a value
// at capacity 0 and 1, and hardly ever at 1024. What else we promise is too cheap
// to be seen here: a value goes back to the front when Effect interrupts its
// receiver before it took it, a send is taken back likewise, all wait in one
// queue, and a select may be among them.
//
//     deno run --lock=bench/deno.lock bench/channels/throughput_bench.ts

import * as Effect from "effect/Effect";
import * as Queue from "effect/Queue";
import {
  createChannel,
  type Operation,
  run as runEffection,
  spawn,
} from "npm:effection@4.1.0";
import { nursery, openMemoryChannel, run, shieldedCheckpoint } from "espalier";
import { note, table } from "../harness.ts";

const ITEMS = 4_800;

for (const tasks of [1, 8]) {
  for (const capacity of [0, 1, 1024]) {
    const many = tasks === 1 ? "one to one" : "eight to eight";
    await table(
      `per value, ${many}, capacity ${capacity}`,
      [
        {
          name: "Effect's Queue, a turn for each operation",
          run: () => throughQueue(tasks, capacity, Effect.yieldNow),
        },
        {
          name: "Effect's Queue",
          run: () => throughQueue(tasks, capacity, Effect.void),
        },
        {
          name: "TransformStream",
          run: () => throughStream(tasks, capacity),
        },
        {
          name: "Effection's channel, unbounded",
          run: () => runEffection(() => throughEffection(tasks)),
        },
        {
          name: "two turns, and nothing passed",
          run: () => turns(tasks),
        },
        {
          name: "a memory channel",
          run: () => throughChannel(tasks, capacity),
        },
        {
          name: "a memory channel, trySend and tryReceive",
          run: () => throughPlainCalls(capacity),
        },
      ].map((row) => ({ ...row, ops: ITEMS })),
      { rounds: 9 },
    );
  }
}
note(
  "Every send and receive of ours is a checkpoint: compare with the first row, " +
    "where Effect's Queue gives the same turns, and with the fifth, which gives " +
    "them and passes nothing. Plain calls are for those who need no checkpoint.",
);

async function throughQueue(
  tasks: number,
  capacity: number,
  turn: Effect.Effect<void>,
): Promise<void> {
  await Effect.runPromise(Effect.gen(function* () {
    const queue = yield* Queue.bounded<number>(capacity);
    const producer = Effect.gen(function* () {
      for (let i = 0; i < ITEMS / tasks; i++) {
        yield* Queue.offer(queue, i);
        yield* turn;
      }
    });
    const consumer = Effect.gen(function* () {
      for (let i = 0; i < ITEMS / tasks; i++) {
        yield* Queue.take(queue);
        yield* turn;
      }
    });
    yield* Effect.all(eachOf(tasks, [producer, consumer]), {
      concurrency: "unbounded",
    });
  }));
}

async function throughChannel(tasks: number, capacity: number): Promise<void> {
  const [send, receive] = openMemoryChannel<number>(capacity);
  const producer = Effect.gen(function* () {
    for (let i = 0; i < ITEMS / tasks; i++) yield* send.send(i);
  });
  const consumer = Effect.gen(function* () {
    for (let i = 0; i < ITEMS / tasks; i++) yield* receive.receive;
  });
  await together(tasks, [Effect.orDie(producer), Effect.orDie(consumer)]);
}

async function turns(tasks: number): Promise<void> {
  const body = Effect.gen(function* () {
    for (let i = 0; i < ITEMS / tasks; i++) yield* shieldedCheckpoint;
  });
  await together(tasks, [body, body]);
}

function throughPlainCalls(capacity: number): void {
  const [send, receive] = openMemoryChannel<number>(Math.max(1, capacity));
  for (let i = 0; i < ITEMS; i++) {
    send.trySend(i);
    receive.tryReceive();
  }
}

async function throughStream(tasks: number, capacity: number): Promise<void> {
  const { readable, writable } = new TransformStream<number, number>(
    {},
    { highWaterMark: capacity },
    { highWaterMark: 0 },
  );
  const writer = writable.getWriter();
  const reader = readable.getReader();
  const produce = async () => {
    for (let i = 0; i < ITEMS / tasks; i++) await writer.write(i);
  };
  const consume = async () => {
    for (let i = 0; i < ITEMS / tasks; i++) await reader.read();
  };
  await Promise.all(eachOf(tasks, [produce, consume]).map((body) => body()));
}

function* throughEffection(tasks: number): Operation<void> {
  const channel = createChannel<number, void>();
  const subscription = yield* channel;
  for (let task = 0; task < tasks; task++) {
    yield* spawn(function* () {
      for (let i = 0; i < ITEMS / tasks; i++) yield* channel.send(i);
    });
  }
  const consumers = [];
  for (let task = 0; task < tasks; task++) {
    consumers.push(
      yield* spawn(function* () {
        for (let i = 0; i < ITEMS / tasks; i++) yield* subscription.next();
      }),
    );
  }
  for (const consumer of consumers) yield* consumer;
}

async function together(
  tasks: number,
  bodies: ReadonlyArray<Effect.Effect<void>>,
): Promise<void> {
  await run(nursery((n) =>
    Effect.sync(() => {
      for (const body of eachOf(tasks, bodies)) n.startSoon(body);
    })
  ));
}

/** Each of them so many times. */
function eachOf<B>(count: number, bodies: readonly B[]): B[] {
  return Array.from({ length: count }, () => bodies).flat();
}
