// Lets three jobs share what there is: each to its end, by turns, and by force.
//
// Watch who decides to switch. To its end: nobody. Cooperating, on the loop: the
// job itself, at its `yield*`, so nothing between two of them is ever cut in half.
// Pre-emptive, on threads: the system, anywhere and on every processor, so that
// even jobs that never give up their turn all get one.
//
//     deno run examples/32_multitasking_kinds.ts

import * as Effect from "effect/Effect";
import { checkpoint, gather, main, nursery } from "espalier";
import { cpuScope, inline, SharedCounter } from "espalier/cpu";
import type * as Shared from "espalier/cpu/worker";

const jobs = ["a", "b", "c"];

/** Never gives up its turn, and ends when as many others are in it as well. */
const spin = inline((all: number, begun: Shared.SharedCounter) => {
  for (begun.add(1); begun.value < all;);
});

await main(function* () {
  const toTheEnd: string[] = [];
  for (const name of jobs) yield* work(toTheEnd, name, Effect.void);
  tell("to the end", "nobody", "one", toTheEnd.join(" "));

  const byTurns: string[] = [];
  yield* nursery((n) => {
    for (const name of jobs) {
      n.startSoon(() => work(byTurns, name, checkpoint));
    }
    return Effect.void;
  });
  tell("cooperative", "the job", "one", byTurns.join(" "));

  const begun = new SharedCounter();
  yield* cpuScope(
    (cpu) => gather(jobs.map(() => cpu.run(spin, jobs.length, begun))),
    {
      workers: jobs.length,
    },
  );
  tell("pre-emptive", "the system", "all", "no end before the last beginning");
});

function* work(trail: string[], name: string, between: Effect.Effect<void>) {
  for (let step = 1; step <= 3; step++) {
    trail.push(`${name}${step}`);
    yield* between;
  }
}

function tell(kind: string, decides: string, on: string, order: string) {
  console.log(
    [kind.padEnd(11), decides.padEnd(10), on.padEnd(3), order].join(" | "),
  );
}

// Output:
// to the end  | nobody     | one | a1 a2 a3 b1 b2 b3 c1 c2 c3
// cooperative | the job    | one | a1 b1 c1 a2 b2 c2 a3 b3 c3
// pre-emptive | the system | all | no end before the last beginning
