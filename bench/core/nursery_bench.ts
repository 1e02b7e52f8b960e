// What does a child of a nursery cost, for 1 to 1,000,000 children, beside
// promises, raw fibers and Effection?
//
//     deno run --lock=bench/deno.lock bench/core/nursery_bench.ts

import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import { all, call, run as runEffection } from "npm:effection@4.1.0";
import { nursery, run } from "espalier";
import { note, table } from "../harness.ts";

const waiting = Effect.promise(() => Promise.resolve(1));

for (const children of [1, 100, 10_000, 1_000_000]) {
  const title = `per child, of ${children.toLocaleString("en")}`;
  await table(
    title,
    [
      {
        name: "Promise.all",
        run: () => Promise.all(times(children, () => promised())),
      },
      {
        name: "Effect.forkChild + Fiber.join",
        run: () => Effect.runPromise(forkAndJoin(children)),
      },
      {
        name: "Effect.all",
        run: () =>
          Effect.runPromise(
            Effect.all(times(children, () => waiting), {
              concurrency: "unbounded",
              discard: true,
            }),
          ),
      },
      {
        name: "Effection's all",
        run: children > 10_000
          // It runs out of memory, and takes the process with it.
          ? () => Promise.reject(new Error("out of memory at 4 GB"))
          : () =>
            runEffection(() => all(times(children, () => call(promised)))),
      },
      { name: "nursery", run: () => run(spawn(children)) },
    ].map((row) => ({ ...row, ops: children })),
    {
      rounds: children >= 1_000_000 ? 1 : 3,
      limit: 120_000,
    },
  );
}
note(
  "Every child waits once, for a promise that is resolved. The nursery also " +
    "names each child, keeps its failure, and hands out a future for it.",
);

async function promised(): Promise<number> {
  return await Promise.resolve(1);
}

function forkAndJoin(children: number): Effect.Effect<void> {
  return Effect.gen(function* () {
    const fibers: Array<Fiber.Fiber<number>> = [];
    for (let i = 0; i < children; i++) {
      fibers.push(yield* Effect.forkChild(waiting, { startImmediately: true }));
    }
    for (const fiber of fibers) yield* Fiber.join(fiber);
  });
}

function spawn(children: number): Effect.Effect<void> {
  return nursery(function* (n) {
    for (let i = 0; i < children; i++) n.startSoon(waiting);
    yield* Effect.void;
  });
}

function times<T>(count: number, make: () => T): T[] {
  return Array.from({ length: count }, make);
}
