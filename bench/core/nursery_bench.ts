// What does a child of a nursery cost, for 1 to 1,000,000 children, beside
// promises, raw fibers and Effection?
//
//     deno run --lock=bench/deno.lock bench/core/nursery_bench.ts

import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import { all, call, run as runEffection } from "npm:effection@4.1.0";
import { nursery, run } from "espalier";
import { note, table } from "../harness.ts";
import { keepOpen } from "./_kept_open.ts";

const waiting = Effect.promise(() => Promise.resolve(1));

const close = keepOpen();
for (const children of [1, 100, 10_000, 1_000_000]) {
  // Small groups are opened many times in one run, so that starting the runtime
  // does not count.
  const groups = Math.max(1, 1_000 / children);
  await table(
    `per child, of ${children.toLocaleString("en")}`,
    [
      {
        name: "Promise.all",
        run: async () => {
          for (let i = 0; i < groups; i++) {
            await Promise.all(times(children, promised));
          }
        },
      },
      {
        name: "Effect.forkChild + Fiber.join",
        run: () => Effect.runPromise(repeated(groups, forkAndJoin(children))),
      },
      {
        name: "Effect.all",
        run: () => Effect.runPromise(repeated(groups, effectAll(children))),
      },
      {
        name: "Effection's all",
        run: children > 10_000
          // It runs out of memory, and takes the process with it.
          ? () => Promise.reject(new Error("out of memory at 4 GB"))
          : () => runEffection(() => effectionAll(groups, children)),
      },
      {
        name: "nursery",
        run: () => run(repeated(groups, spawn(children))),
      },
    ].map((row) => ({ ...row, ops: groups * children })),
    { rounds: 3, limit: 120_000 },
  );
}
close();
note(
  "Every child waits once, for a promise that is resolved. The nursery also " +
    "names each child, keeps its failure, and hands out a future for it.",
);

async function promised(): Promise<number> {
  return await Promise.resolve(1);
}

function repeated(
  count: number,
  group: Effect.Effect<unknown>,
): Effect.Effect<void> {
  return Effect.gen(function* () {
    for (let i = 0; i < count; i++) yield* group;
  });
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

function effectAll(children: number): Effect.Effect<void> {
  return Effect.all(times(children, () => waiting), {
    concurrency: "unbounded",
    discard: true,
  });
}

function* effectionAll(groups: number, children: number) {
  for (let i = 0; i < groups; i++) {
    yield* all(times(children, () => call(promised)));
  }
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
