// Starts one child and never joins it by hand.
//
// Watch that the body ends before the child has begun, and that the program goes
// on only after the child has ended: a nursery joins whatever was started in it,
// so there is no thread that somebody forgot to join.
//
//     deno run examples/03_thread_create.ts

import * as Effect from "effect/Effect";
import { checkpoint, main, nursery } from "espalier";

await main(function* () {
  yield* nursery((n) => {
    n.startSoon(printNumbers);
    console.log("the body has ended");
    return Effect.void;
  });
  console.log("the nursery has ended");
});

function* printNumbers() {
  for (let number = 1; number <= 5; number++) {
    console.log(number);
    yield* checkpoint;
  }
}

// Output:
// the body has ended
// 1
// 2
// 3
// 4
// 5
// the nursery has ended
