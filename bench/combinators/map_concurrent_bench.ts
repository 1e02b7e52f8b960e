// What does mapConcurrent cost for each of 100,000 items, beside p-map and
// Effect.forEach?
//
//     deno run --lock=bench/deno.lock bench/combinators/map_concurrent_bench.ts

import * as Effect from "effect/Effect";
import pMap from "npm:p-map@7.1.1";
import { mapConcurrent, run } from "espalier";
import { note, table } from "../harness.ts";

const COUNT = 100_000;
const items = Array.from({ length: COUNT }, (_, index) => index);
const options = { rounds: 3, limit: 120_000 };

const promised = async (item: number) => await Promise.resolve(item);
const waiting = (item: number) => Effect.promise(() => Promise.resolve(item));
const ready = (item: number) => Effect.succeed(item);

for (const concurrency of [1, 10, 1000]) {
  await table(
    `an item that waits once, ${concurrency} at a time`,
    [
      {
        name: "p-map, an async function",
        run: () => pMap(items, promised, { concurrency }),
      },
      {
        name: "Effect.forEach, an Effect",
        run: () =>
          Effect.runPromise(Effect.forEach(items, waiting, { concurrency })),
      },
      {
        name: "mapConcurrent, an Effect",
        run: () => run(mapConcurrent(items, waiting, { concurrency })),
      },
      {
        name: "mapConcurrent, an async function",
        run: () => run(mapConcurrent(items, promised, { concurrency })),
      },
    ].map((row) => ({ ...row, ops: COUNT })),
    options,
  );
}
note(
  "mapConcurrent makes a task of each item: it has a name and a place in the " +
    "tree, a failure knows it, a lock can belong to it, and it starts in its " +
    "turn; an async function is handed a signal.",
);

await table(
  "an item that does not wait, 10 at a time",
  [
    {
      name: "p-map",
      run: () => pMap(items, (item) => item, { concurrency: 10 }),
    },
    {
      name: "Effect.forEach",
      run: () =>
        Effect.runPromise(Effect.forEach(items, ready, { concurrency: 10 })),
    },
    {
      name: "mapConcurrent",
      run: () => run(mapConcurrent(items, ready, { concurrency: 10 })),
    },
  ].map((row) => ({ ...row, ops: COUNT })),
  options,
);
note(
  "Effect.forEach runs an Effect that does not wait in place: nobody else has " +
    "a turn before the last item. mapConcurrent gives everybody a turn every " +
    "10 items, which is what a task for each costs.",
);

await table(
  "how the items come, 10 at a time, each waiting once",
  [
    { name: "a list", run: () => map(items) },
    { name: "an iterable", run: () => map(new Set(items)) },
    { name: "an async iterable", run: () => map(later()) },
    {
      name: "p-map, an async iterable",
      run: () => pMap(later(), promised, { concurrency: 10 }),
    },
  ].map((row) => ({ ...row, ops: COUNT })),
  options,
);
note(
  "A list needs nobody to pull: each body that ends starts the next. What runs " +
    "code of its own is pulled by the task that called.",
);

function map(from: Iterable<number> | AsyncIterable<number>) {
  return run(mapConcurrent(from, waiting, { concurrency: 10 }));
}

async function* later() {
  for (const item of items) yield await Promise.resolve(item);
}
