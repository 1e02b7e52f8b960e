// Reads results in the order in which they arrive, and leaves early.
//
// Five mirrors are asked at once, three at a time. Watch that the answers come in
// the order of finishing, with the place of the mirror; that a mirror that fails
// is an answer like any other; and that leaving the block after two good ones
// cancels the rest, which clean up before the program goes on.
//
//     deno run examples/30_as_completed.ts
//
// Virtual: 250ms

import * as Effect from "effect/Effect";
import { asCompleted, main, now, sleep } from "espalier";

const mirrors = [
  { name: "oslo", ms: 400 },
  { name: "lima", ms: 100 },
  { name: "bern", ms: 200, broken: true },
  { name: "kobe", ms: 150 },
  { name: "riga", ms: 900 },
];

await main(Effect.orDie(Effect.scoped(Effect.gen(function* () {
  const outcomes = yield* asCompleted(
    mirrors.map((mirror) => () => ask(mirror)),
    { concurrency: 3 },
  );
  for (let good = 0; good < 2;) {
    const outcome = yield* outcomes.receive;
    const { name } = mirrors[outcome.index]!;
    if (outcome._tag === "Succeeded") good++;
    console.log(`${now()} ms: ${name} ${outcome._tag.toLowerCase()}`);
  }
  console.log("two are enough");
}))));
console.log("nobody is left");

function* ask({ name, ms, broken }: typeof mirrors[number]) {
  let done = false;
  try {
    yield* sleep(ms);
    done = true;
    if (broken) yield* Effect.fail(`${name} is broken`);
    return name;
  } finally {
    if (!done) console.log(`${name} is hung up on`);
  }
}

// Output:
// 100 ms: lima succeeded
// 200 ms: bern failed
// 250 ms: kobe succeeded
// two are enough
// ~ oslo is hung up on
// ~ riga is hung up on
// nobody is left
