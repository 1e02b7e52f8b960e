// Shows one bug twice: written with promises, and with a nursery.
//
// Two orders are placed at once and one is refused. Watch that `Promise.all`
// fails while the other order goes on behind its back and is paid after the
// program has said that nothing was bought; the nursery cancels it, waits for
// it, and only then fails.
//
//     deno run examples/64_promise_vs_nursery.ts

import * as Effect from "effect/Effect";
import { fromPromise, main, type Nursery, nursery, sleep } from "espalier";

class Refused extends Error {
  readonly _tag = "Refused";
}

await main(function* () {
  console.log("with promises:");
  yield* fromPromise(withPromises);
  yield* sleep(60);

  console.log("with a nursery:");
  yield* Effect.catch(withNursery(), nothingBought);
  yield* sleep(60);
});

async function withPromises() {
  try {
    await Promise.all([
      wait(30).then(() => console.log("  the sofa is paid")),
      wait(10).then(() => Promise.reject(new Refused())),
    ]);
  } catch {
    console.log("  refused: nothing was bought");
  }
}

function withNursery() {
  return nursery(function* (n: Nursery<Refused>) {
    n.startSoon(function* () {
      yield* sleep(30);
      console.log("  the sofa is paid");
    });
    yield* sleep(10);
    yield* Effect.fail(new Refused());
  });
}

function nothingBought() {
  return Effect.sync(() => console.log("  refused: nothing was bought"));
}

function wait(ms: number) {
  return new Promise<void>((resolve) => setTimeout(resolve, ms));
}

// Output:
// with promises:
//   refused: nothing was bought
//   the sofa is paid
// with a nursery:
//   refused: nothing was bought
