// Shows who gives up the loop, and what it costs when nobody does.
//
// A ticker wants to tick every 10 ms while a long sum is computed. Watch how late
// it comes when the sum never says `yield*`, and that `checkpoint` in the sum lets
// it tick.
//
//     deno run examples/31_event_loop_yield.ts

import { checkpoint, main, now, nursery, sleep } from "espalier";

await main(function* () {
  for (const polite of [false, true]) {
    yield* nursery(function* (n) {
      const lag = { worst: 0 };
      n.startSoon(() => tick(lag));
      yield* sleep(20);
      yield* sum(polite);
      yield* sleep(20);
      n.cancelScope.cancel("the sum is done");
      const kind = polite ? "with checkpoints" : "without checkpoints";
      const late = lag.worst > 100 ? "more" : "less";
      console.log(`${kind}: a tick was late by ${late} than 100 ms`);
    });
  }
});

function* tick(lag: { worst: number }) {
  for (let due = now() + 10;; due = now() + 10) {
    yield* sleep(10);
    lag.worst = Math.max(lag.worst, now() - due);
  }
}

/** Computes for 200 ms. */
function* sum(polite: boolean) {
  let total = 0;
  for (const end = now() + 200; now() < end;) {
    for (let i = 0; i < 10_000; i++) total += i;
    if (polite) yield* checkpoint;
  }
  return total;
}

// Output:
// without checkpoints: a tick was late by more than 100 ms
// with checkpoints: a tick was late by less than 100 ms
