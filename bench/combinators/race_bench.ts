// What does a race of ten cost, beside Promise.any and Effect.raceAll?
//
//     deno run --lock=bench/deno.lock bench/combinators/race_bench.ts

import * as Effect from "effect/Effect";
import { race, run, sleepForever } from "espalier";
import { note, table } from "../harness.ts";

const RACES = 500;
const winner = Effect.promise(() => Promise.resolve("first"));
const loser = Effect.never;

await table(
  "one of ten wins, the others would wait for ever",
  [
    {
      name: "Promise.any",
      run: async () => {
        for (let i = 0; i < RACES; i++) await Promise.any(promises());
      },
    },
    { name: "Effect.raceAll", run: () => Effect.runPromise(again(raceAll())) },
    { name: "race, waits of Effect", run: () => run(again(raced(loser))) },
    {
      name: "race, waits of Espalier",
      run: () => run(again(raced(sleepForever))),
    },
  ].map((row) => ({ ...row, ops: RACES })),
  { rounds: 5 },
);
note(
  "Promise.any lets the losers run. The other two cancel them and wait for " +
    "their cleanup; race also fails when that dies, names each runner, and " +
    "tells the losers who has won.",
);

function raceAll() {
  return Effect.raceAll([
    ...Array.from({ length: 9 }, () => loser),
    winner,
  ]);
}

function raced(loser: Effect.Effect<never>) {
  return race([...Array.from({ length: 9 }, () => loser), winner]);
}

function promises() {
  return [
    ...Array.from({ length: 9 }, () => new Promise<string>(() => {})),
    Promise.resolve("first"),
  ];
}

function again(one: Effect.Effect<unknown>) {
  return Effect.gen(function* () {
    for (let i = 0; i < RACES; i++) yield* one;
  });
}
