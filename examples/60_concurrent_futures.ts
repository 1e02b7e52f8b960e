// Says in Espalier what a program says with concurrent.futures.
//
// The executor is a nursery with a semaphore, the future is a future. Watch that
// leaving the block is `shutdown(wait=True)`, that `map` is lazy and bounded, and
// that cancelling a future stops its task even when it has begun.
//
//     deno run examples/60_concurrent_futures.ts
//
// Virtual: 8s

import * as Effect from "effect/Effect";
import {
  asCompleted,
  main,
  mapConcurrent,
  nursery,
  Semaphore,
  sleep,
  waitFor,
} from "espalier";

await main(function* () {
  // with ThreadPoolExecutor(max_workers=2) as pool:
  yield* nursery(function* (pool) {
    const workers = new Semaphore(2);
    const submit = (x: number) => pool.startSoon(workers.withPermit(square(x)));

    // futures = [pool.submit(square, x) for x in (1, 2, 3)]
    const futures = [1, 2, 3].map(submit);
    // done, not_done = wait(futures, return_when=FIRST_COMPLETED)
    const { done, pending } = yield* waitFor(futures, { until: "first" });
    console.log("wait:", [...done].length, "done,", [...pending].length, "not");
    // futures[0].result(), futures[0].done(), futures[2].cancel()
    console.log("result:", yield* futures[0]!);
    console.log("status:", futures[2]!.status);
    futures[2]!.cancel("not needed");
    const outcome = yield* futures[2]!.outcome;
    console.log("cancelled:", outcome._tag, futures[2]!.status);
  });

  // list(pool.map(square, range(4)))
  const squares = yield* mapConcurrent([0, 1, 2, 3], square, {
    concurrency: 2,
  });
  console.log("map:", squares);

  // for future in as_completed(futures):
  yield* Effect.scoped(Effect.gen(function* () {
    const done = yield* asCompleted([2, 1].map(square));
    yield* Effect.orDie(
      done.forEach((outcome) =>
        Effect.sync(() => console.log("as_completed:", outcome.index))
      ),
    );
  }));
});

function square(x: number) {
  return Effect.as(sleep(x * 1000), x * x);
}

// Output:
// wait: 1 done, 2 not
// result: 1
// status: running
// cancelled: Cancelled cancelled
// map: [ 0, 1, 4, 9 ]
// as_completed: 1
// as_completed: 0
