// Lets two tasks interleave: as they come, in an order that a seed repeats, in all.
//
// One says numbers, the other letters, and each gives up its turn between two
// signs. Watch that one seed always gives the same order and another seed another
// one, and that `explore` runs every order there is, each of them once.
//
//     deno run examples/12_two_threads_interleave.ts

import * as Effect from "effect/Effect";
import { checkpoint, main, nursery } from "espalier";
import { explore } from "espalier/testing";

function* say(signs: string, trail: string[]) {
  for (const sign of signs) {
    if (sign !== signs[0]) yield* checkpoint;
    trail.push(sign);
  }
}

/** Two tasks side by side; answers the order in which they had their turns. */
function* together(numbers: string, letters: string) {
  const trail: string[] = [];
  yield* nursery((n) =>
    Effect.sync(() => {
      n.startSoon(() => say(numbers, trail), { name: "numbers" });
      n.startSoon(() => say(letters, trail), { name: "letters" });
    })
  );
  return trail.join(" ");
}

await main(function* () {
  console.log(`as they come: ${yield* together("1234", "abcde")}`);
});

for (const seed of [7, 7, 8]) {
  await explore(function* () {
    console.log(`seed ${seed}:       ${yield* together("1234", "abcde")}`);
  }, { strategy: "random", seed, maxInterleavings: 1 });
}

for (const [numbers, letters] of [["12", "ab"], ["1234", "abcde"]] as const) {
  const orders: string[] = [];
  const { interleavings, exhausted } = await explore(function* () {
    orders.push(yield* together(numbers, letters));
  });
  const each = new Set(orders).size;
  const all = exhausted ? "all there are" : "not all";
  console.log(`${interleavings} interleavings, ${each} orders: ${all}`);
  if (each < 10) {
    for (const order of orders.sort()) console.log(`  ${order}`);
  }
}

// Output:
// as they come: 1 a 2 b 3 c 4 d e
// seed 7:       1 a b c 2 d 3 4 e
// seed 7:       1 a b c 2 d 3 4 e
// seed 8:       1 a b c 2 d e 3 4
// 6 interleavings, 6 orders: all there are
//   1 2 a b
//   1 a 2 b
//   1 a b 2
//   a 1 2 b
//   a 1 b 2
//   a b 1 2
// 126 interleavings, 126 orders: all there are
