// Says in Espalier what a program says with asyncio.
//
// Each line of the body is one call of asyncio, named before it. Watch the two
// that differ: `gather` leaves nobody running when one fails, and `shield` has
// nothing to leak, because what it runs still belongs to the task that waits.
//
//     deno run examples/59_asyncio.ts
//
// Virtual: 6500ms

import * as Effect from "effect/Effect";
import { cpuScope, inline } from "espalier/cpu";
import {
  asCompleted,
  Event,
  failAfter,
  gather,
  main,
  nursery,
  openMemoryChannel,
  shield,
  sleep,
  waitFor,
} from "espalier";

await main(function* () {
  // await asyncio.gather(fetch("a"), fetch("b"))
  console.log("gather:", yield* gather([fetch("a", 2), fetch("b", 1)]));

  // for task in asyncio.as_completed(…)
  yield* Effect.scoped(Effect.gen(function* () {
    const done = yield* asCompleted([fetch("a", 2), fetch("b", 1)]);
    const first = yield* Effect.orDie(done.receive);
    console.log("as_completed:", first._tag, first.index);
  }));

  // await asyncio.wait_for(fetch("a"), timeout=0.5)
  const late = Effect.flip(failAfter("500 millis", fetch("a", 2)));
  console.log("wait_for:", (yield* late)._tag);

  // async with asyncio.TaskGroup() as group:
  yield* nursery(function* (n) {
    // task = asyncio.create_task(…); asyncio.wait(…, FIRST_COMPLETED)
    const tasks = [n.startSoon(fetch("a", 2)), n.startSoon(fetch("b", 1))];
    const { done, pending } = yield* waitFor(tasks, { until: "first" });
    console.log("wait:", [...done].length, "done,", [...pending].length, "not");
    // task.cancel()
    for (const task of pending) task.cancel("not needed");
  });

  // await asyncio.shield(…)
  console.log("shield:", yield* shield(fetch("a", 2)));

  // await asyncio.to_thread(parse, "[1]")
  const parse = inline((text: string) => JSON.parse(text).length);
  console.log("to_thread:", yield* cpuScope((cpu) => cpu.run(parse, "[1]")));

  // queue = asyncio.Queue(1), event = asyncio.Event()
  const [send, receive] = openMemoryChannel<number>(1);
  const event = new Event();
  yield* nursery(function* (n) {
    n.startSoon(function* () {
      yield* event.wait;
      yield* Effect.orDie(send.send(42));
    });
    event.set();
    console.log("queue:", yield* Effect.orDie(receive.receive));
  });
});

function fetch(name: string, seconds: number) {
  return Effect.as(sleep(seconds * 1000), name);
}

// Output:
// gather: [ "a", "b" ]
// as_completed: Succeeded 1
// wait_for: DeadlineExceeded
// wait: 1 done, 1 not
// shield: a
// to_thread: 1
// queue: 42
