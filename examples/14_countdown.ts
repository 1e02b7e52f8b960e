// Counts down twice at the same time.
//
// Watch that the two take turns, second by second: each gives the other its turn
// where it says `yield*`, and nowhere else. Both together take five seconds.
//
//     deno run examples/14_countdown.ts
//
// Virtual: 5s

import { main, nursery, sleep } from "espalier";

await main(nursery(function* (n) {
  n.startSoon(() => countdown("A"));
  yield* countdown("B");
}));

function* countdown(name: string) {
  for (let left = 5; left > 0; left--) {
    console.log(`${name}: ${left}`);
    yield* sleep("1 second");
  }
}

// Output:
// B: 5
// A: 5
// B: 4
// A: 4
// B: 3
// A: 3
// B: 2
// A: 2
// B: 1
// A: 1
