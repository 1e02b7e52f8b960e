// What does gather cost for each body, beside Promise.all and Effect.all?
//
//     deno run --lock=bench/deno.lock bench/combinators/gather_bench.ts

import * as Effect from "effect/Effect";
import { gather, run } from "espalier";
import { note, table } from "../harness.ts";

const waiting = Effect.promise(() => Promise.resolve(1));
const promised = async () => await Promise.resolve(1);

for (const count of [2, 100, 10_000]) {
  const bodies = Array.from({ length: count }, () => waiting);
  const functions = Array.from({ length: count }, () => promised);
  await table(
    `per body, of ${count.toLocaleString("en")}`,
    [
      {
        name: "Promise.all",
        run: () => Promise.all(functions.map((body) => body())),
      },
      {
        name: "Effect.all, unbounded",
        run: () =>
          Effect.runPromise(
            Effect.all(bodies, { concurrency: "unbounded" }),
          ),
      },
      { name: "gather, Effects", run: () => run(gather(bodies)) },
      { name: "gather, async functions", run: () => run(gather(functions)) },
      {
        name: "gather, 10 at a time",
        run: () => run(gather(bodies, { concurrency: 10 })),
      },
    ].map((row) => ({ ...row, ops: count })),
    { rounds: 3 },
  );
}
note(
  "Every body waits once, for a promise that is resolved. Promise.all cancels " +
    "nobody and forgets all failures but one. Effect.all cancels the rest, and " +
    "makes a defect of a typed failure when a cleanup dies. gather keeps every " +
    "failure as it was, with the path of its task.",
);
