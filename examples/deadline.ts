// Puts a deadline on work that may take too long.
//
// The same search is run twice: once giving up quietly, once insisting. Watch
// that its cleanup runs before the program goes on, and that the failure says
// what was late, and by which budget.
//
//     deno run examples/deadline.ts
//
// Virtual: 2s

import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import { failAfter, main, moveOnAfter, sleep } from "espalier";

await main(function* () {
  const found = yield* moveOnAfter("1 second", search);
  console.log(Option.getOrElse(found, () => "moved on"));

  const insisted = failAfter("1 second", search, { name: "search" });
  console.log(String(yield* Effect.flip(insisted)));
});

function* search() {
  try {
    console.log("searching");
    yield* sleep("1 hour");
    return "found";
  } finally {
    console.log("search is cleaned up");
  }
}

// Output:
// searching
// search is cleaned up
// moved on
// searching
// search is cleaned up
// DeadlineExceeded: Cannot finish "search" within 1000 ms
