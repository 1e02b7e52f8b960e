// Lets three jobs share one loop: each to its end, by turns, and by force.
//
// Watch who decides to switch. Run to its end, a job is never interrupted.
// Cooperating, it decides itself, at its `yield*`. A deadline comes from outside,
// and yet takes effect at a `yield*` only: the loop cannot break into a task, so
// nothing between two of them is ever cut in half.
//
//     deno run examples/32_multitasking_kinds.ts

import * as Effect from "effect/Effect";
import { checkpoint, main, moveOnAfter, nursery } from "espalier";

await main(function* () {
  const batch: string[] = [];
  for (const name of ["a", "b", "c"]) yield* work(batch, name, Effect.void);
  console.log(`to its end:  ${batch.join(" ")}`);

  const turns: string[] = [];
  yield* nursery((n) => {
    for (const name of ["a", "b", "c"]) {
      n.startSoon(() => work(turns, name, checkpoint));
    }
    return Effect.void;
  });
  console.log(`cooperating: ${turns.join(" ")}`);

  const cut: string[] = [];
  yield* moveOnAfter("20 millis", function* () {
    for (;;) {
      cut.push("begin");
      busyFor(15);
      cut.push("end");
      yield* checkpoint;
    }
  });
  console.log(`by force:    ${cut.join(" ")}`);
});

function* work(trail: string[], name: string, between: Effect.Effect<void>) {
  for (let step = 1; step <= 3; step++) {
    trail.push(`${name}${step}`);
    yield* between;
  }
}

function busyFor(ms: number) {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

// Output:
// to its end:  a1 a2 a3 b1 b2 b3 c1 c2 c3
// cooperating: a1 b1 c1 a2 b2 c2 a3 b3 c3
// by force:    begin end…
