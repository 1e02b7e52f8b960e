// Tells the price of tulips to a quick listener and to a slow one.
//
// There is a new price every 10 ms; the slow listener needs 24 ms for each. Watch
// what it misses under each policy, that only "fail" tells it so, and that only
// "wait" keeps the seller waiting.
//
//     deno run examples/broadcast_slow_listener.ts
//
// Virtual: 472ms

import * as Effect from "effect/Effect";
import {
  type BroadcastOptions,
  type ChannelClosed,
  main,
  now,
  nursery,
  openBroadcast,
  type ReceiveChannel,
  type ReceiverLagged,
  sleep,
} from "espalier";

type Policy = NonNullable<BroadcastOptions["onSlow"]>;

await main(function* () {
  for (const onSlow of ["dropOldest", "dropNewest", "fail", "wait"] as const) {
    yield* sellTulips(onSlow);
  }
});

function* sellTulips(onSlow: Policy) {
  const { sender, subscribe } = openBroadcast<number>({ capacity: 1, onSlow });
  const slow: string[] = [];
  const quick: string[] = [];
  yield* nursery(function* (n) {
    n.startSoon(Effect.orDie(listen(subscribe(), slow, 24)));
    n.startSoon(Effect.orDie(listen(subscribe(), quick, 1)));
    const start = now();
    for (let price = 1; price <= 6; price++) {
      yield* sleep(10);
      yield* Effect.orDie(sender.send(price));
    }
    sender.close();
    console.log(`${onSlow}: sold after ${Math.round(now() - start)} ms`);
  });
  console.log(`  quick: ${quick.join(" ")}`);
  console.log(`  slow:  ${slow.join(" ")}`);
}

/** Listens to the end; a gap is noted, and is no reason to leave. */
function listen(
  prices: ReceiveChannel<number, ReceiverLagged>,
  heard: string[],
  ms: number,
): Effect.Effect<void, ChannelClosed> {
  const listening = prices.forEach((price) => {
    heard.push(`${price}`);
    return sleep(ms);
  });
  return Effect.catchTag(listening, "ReceiverLagged", ({ missed }) => {
    heard.push(`(missed ${missed})`);
    return listen(prices, heard, ms);
  });
}

// Output:
// dropOldest: sold after 60 ms
//   quick: 1 2 3 4 5 6
//   slow:  1 3 5 6
// dropNewest: sold after 60 ms
//   quick: 1 2 3 4 5 6
//   slow:  1 2 4 6
// fail: sold after 60 ms
//   quick: 1 2 3 4 5 6
//   slow:  1 2 (missed 1) 4 (missed 1) 6
// wait: sold after 106 ms
//   quick: 1 2 3 4 5 6
//   slow:  1 2 3 4 5 6
