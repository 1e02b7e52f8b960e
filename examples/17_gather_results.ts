// Runs three coroutines and gathers what they return.
//
// Watch that the results are in the order of the coroutines, however they finish,
// in a list as in a record; and that one that fails takes the others with it,
// after their cleanup.
//
//     deno run examples/17_gather_results.ts
//
// Virtual: 5s

import * as Effect from "effect/Effect";
import { gather, main, sleep } from "espalier";

await main(function* () {
  const results = yield* gather([0, 1, 2].map((n) => worker(n, 2)));
  console.log("Results:", results);

  const byName = yield* gather({ slow: worker(7, 2), quick: worker(8, 1) });
  console.log("By name:", byName);

  const failing = Effect.delay(Effect.fail("out of paper"), "1 second");
  console.log(yield* Effect.flip(gather([worker(9, 60), failing])));
});

function worker(n: number, seconds: number) {
  const work = Effect.as(sleep(seconds * 1000), n * 2);
  return Effect.onExit(
    work,
    ({ _tag }) => Effect.sync(() => console.log(`worker ${n}: ${_tag}`)),
  );
}

// Output:
// worker 0: Success
// worker 1: Success
// worker 2: Success
// Results: [ 0, 2, 4 ]
// worker 8: Success
// worker 7: Success
// By name: { slow: 14, quick: 16 }
// worker 9: Failure
// out of paper
