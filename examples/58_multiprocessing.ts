// Says in Espalier what a program says with Python's multiprocessing.
//
// Process, Pool, Value, Queue, Manager, terminate: a line or two each (Pipe: 26,
// Array and Lock: 27). Watch that no guard is needed, since a worker loads the task
// and not this program, that results come back, and that "terminate" stops code
// that never asks.
//
//     deno run examples/58_multiprocessing.ts

import * as Effect from "effect/Effect";
import { main, nursery } from "espalier";
import { cpuScope, inline, SharedChannel, SharedCounter } from "espalier/cpu";
import type {
  SharedChannel as FarChannel,
  SharedCounter as FarCounter,
} from "espalier/cpu/worker";

const square = inline((n: number) => n * n);
const add = inline((counter: FarCounter) => counter.add(1));
const count = inline(async function (word: string) {
  return await this.callHost<number>("count", word);
});
const forever = inline(() => {
  for (;;);
});
const produce = inline((queue: FarChannel<string>) => {
  for (const word of ["one", "two"]) queue.send(word);
  queue.close();
});

await main(cpuScope(function* (pool) {
  // Process(target=square, args=(3,)).start(); join()
  console.log("Process:", yield* pool.submit(square, 3));
  // Pool(2).map(square, range(1, 6))
  console.log("Pool.map:", yield* pool.map(square, [1, 2, 3, 4, 5]));

  // Value("i", 0), under its lock
  const counter = new SharedCounter();
  yield* nursery(function* (n) {
    for (let i = 0; i < 4; i++) {
      n.startSoon(Effect.orDie(pool.run(add, counter)));
    }
    yield* Effect.void;
  });
  console.log("Value:", counter.value);

  // Queue(1): put there, get here
  const queue = new SharedChannel<string>(1);
  const producer = pool.submit(produce, queue);
  const words = [yield* queue.receive, yield* queue.receive];
  yield* producer;
  console.log("Queue:", words);

  // Manager().dict(): an object that stays here, called from there
  const dict = new Map<string, number>();
  const shared = count.with({
    host: {
      count: (word: string) =>
        dict.set(word, (dict.get(word) ?? 0) + 1).get(word),
    },
  });
  yield* pool.run(shared, "tea");
  console.log("Manager:", yield* pool.run(shared, "tea"));

  // process.terminate(); process.join()
  const stuck = pool.submit(forever);
  yield* Effect.sleep("50 millis");
  stuck.cancel("terminate");
  console.log("terminate:", (yield* stuck.outcome)._tag);
}, { workers: 2, grace: "50 millis" }));

// Output:
// Process: 9
// Pool.map: [ 1, 4, 9, 16, 25 ]
// Value: 4
// Queue: [ "one", "two" ]
// Manager: 2
// terminate: Cancelled
