// Starts two tasks and takes their results; then one fails and nobody asks.
//
// A task that is created and never awaited can lose its failure: here it cannot.
// Watch that nobody waits for the second pair, and that its failure comes out of
// the nursery all the same, after its sibling has been cancelled.
//
//     deno run examples/06_create_task.ts
//
// Virtual: 2500ms

import * as Effect from "effect/Effect";
import { main, type Nursery, nursery, sleep } from "espalier";

await main(function* () {
  yield* nursery(function* (n) {
    const one = n.startSoon(() => work("Task 1", 2));
    const two = n.startSoon(() => work("Task 2", 1));
    console.log(`${yield* one}, ${yield* two}`);
  });

  const unwatched = nursery(function* (n: Nursery<"lost?">) {
    n.startSoon(() => work("sibling", 60));
    n.startSoon(Effect.delay(Effect.fail("lost?" as const), "500 millis"));
    yield* Effect.void;
  });
  console.log(`the nursery failed with "${yield* Effect.flip(unwatched)}"`);
});

function* work(name: string, seconds: number) {
  try {
    yield* sleep(seconds * 1000);
    return `${name} is done`;
  } finally {
    console.log(`${name} has ended`);
  }
}

// Output:
// Task 2 has ended
// Task 1 has ended
// Task 1 is done, Task 2 is done
// sibling has ended
// the nursery failed with "lost?"
