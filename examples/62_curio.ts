// Ports what Curio is known for: task groups, `timeout_after`, queues for all.
//
// Watch that results of a group are taken as they come, that a timeout is an
// ordinary answer or an error as one likes, and that a plain callback feeds the
// queue that a task waits on: `trySend` may be called from anywhere.
//
//     deno run examples/62_curio.ts
//
// Virtual: 4s

import * as Effect from "effect/Effect";
import {
  asCompleted,
  failAfter,
  main,
  moveOnAfter,
  openMemoryChannel,
  sleep,
} from "espalier";

await main(Effect.scoped(Effect.gen(function* () {
  // async with TaskGroup() as g: async for task in g: …
  const done = yield* asCompleted([download("slow", 3), download("fast", 1)]);
  yield* Effect.orDie(done.forEach((outcome) =>
    Effect.sync(() => {
      if (outcome._tag === "Succeeded") console.log(outcome.value);
    })
  ));

  // await ignore_after(0.5, …); await timeout_after(0.5, …)
  const ignored = yield* moveOnAfter("500 millis", download("late", 9));
  console.log(`ignore_after: ${ignored._tag}`);
  const late = failAfter("500 millis", download("late", 9));
  console.log(`timeout_after: ${(yield* Effect.flip(late))._tag}`);

  // UniversalQueue: put from a callback, get in a task
  const [send, receive] = openMemoryChannel<string>(Infinity);
  queueMicrotask(() => send.trySend("from a callback"));
  console.log(`queue: ${yield* Effect.orDie(receive.receive)}`);
})));

function download(name: string, seconds: number) {
  return Effect.as(sleep(seconds * 1000), `${name} after ${seconds} s`);
}

// Output:
// fast after 1 s
// slow after 3 s
// ignore_after: None
// timeout_after: DeadlineExceeded
// queue: from a callback
