// Waits for several tasks in three ways: the first, the first failure, all.
//
// Watch what is done and what is pending each time. Waiting takes nothing and
// cancels nobody: a task that has failed fails only who takes its result, and
// what is pending goes on until somebody cancels it.
//
//     deno run examples/28_wait_policies.ts
//
// Virtual: 3s

import * as Effect from "effect/Effect";
import {
  type Future,
  main,
  type Nursery,
  nursery,
  sleep,
  waitFor,
} from "espalier";

await main(Effect.orDie(nursery(function* (n: Nursery<string>) {
  const quick = n.startSoon(sleep("1 second"));
  const broken = n.startSoon(Effect.delay(Effect.fail("jam"), "2 seconds"));
  const slow = n.startSoon(sleep("3 seconds"));
  const endless = n.startSoon(sleep("1 hour"));
  const all = { quick, broken, slow, endless };

  tell(all, yield* waitFor(Object.values(all), { until: "first" }));
  tell(all, yield* waitFor(Object.values(all), { until: "first-failure" }));
  tell(all, yield* waitFor([quick, broken, slow], { until: "all" }));

  console.log(`broken: ${yield* Effect.flip(broken)}`);
  endless.cancel("closing time");
  yield* waitFor([endless], { until: "all" });
  console.log(`endless: ${endless.status}`);
}, { onChildFailure: "isolate" })));

type Futures = Iterable<Future<unknown, unknown>>;

function tell(
  all: Readonly<Record<string, Future<unknown, unknown>>>,
  waited: { readonly done: Futures; readonly pending: Futures },
) {
  const names = (futures: Futures) =>
    Object.keys(all).filter((name) => [...futures].includes(all[name]!));
  console.log("done:", names(waited.done), "pending:", names(waited.pending));
}

// Output:
// done: [ "quick" ] pending: [ "broken", "slow", "endless" ]
// done: [ "quick", "broken" ] pending: [ "slow", "endless" ]
// done: [ "quick", "broken", "slow" ] pending: []
// broken: jam
// endless: cancelled
