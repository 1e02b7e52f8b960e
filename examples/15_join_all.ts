// Starts three workers and goes on when all of them have finished.
//
// The list of threads, the loop that starts them and the loop that joins them
// are one block: the nursery. Watch that "All threads finished" comes last, after
// two seconds, and that there is nothing to forget.
//
//     deno run examples/15_join_all.ts
//
// Virtual: 2s

import * as Effect from "effect/Effect";
import { main, nursery, sleep } from "espalier";

await main(function* () {
  yield* nursery((n) => {
    for (const id of [0, 1, 2]) n.startSoon(() => worker(id));
    return Effect.void;
  });
  console.log("All threads finished");
});

function* worker(id: number) {
  console.log(`Starting ${id}`);
  yield* sleep("2 seconds");
  console.log(`Finishing ${id}`);
}

// Output:
// Starting 0
// Starting 1
// Starting 2
// Finishing 0
// Finishing 1
// Finishing 2
// All threads finished
