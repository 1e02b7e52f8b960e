// Hunts for a race: finds it, tells its story, runs it again, and proves it mended.
//
// A reader fills a cache from a slow store while a writer changes the store and
// clears the cache. The ordinary run is right. Watch that one order leaves the
// old value in the cache for good, that the story is the shortest there is, and
// that the token runs exactly this order again.
//
//     deno run examples/20_race_hunt.ts

import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import { checkpoint, nursery, run } from "espalier";
import { explore, replay } from "espalier/testing";

/** With `looksAgain` the reader keeps nothing that was cleared meanwhile. */
const shop = (looksAgain: boolean) =>
  function* cachedPrice() {
    let price = 1;
    let cached: number | undefined;
    let clears = 0;
    const read = function* () {
      const before = clears;
      const found = price;
      yield* checkpoint;
      if (!looksAgain || before === clears) cached = found;
    };
    const write = function* () {
      price = 2;
      yield* checkpoint;
      cached = undefined;
      clears++;
    };
    yield* nursery((n) =>
      Effect.sync(() => {
        n.startSoon(read, { name: "reader" });
        n.startSoon(write, { name: "writer" });
      })
    );
    assert.ok((cached ?? price) === 2, "the cache has the old price");
  };

await run(shop(false));
console.log("the ordinary run is right");

const { failure, interleavings } = await explore(shop(false));
console.log(`interleaving ${interleavings} is not:`);
console.log(failure?.story);
console.log(failure?.token);
const again = await replay(failure!.token, shop(false));
console.log(
  "the token tells the same:",
  again.failure?.story === failure?.story,
);

const mended = await explore(shop(true), { preemptions: 2 });
console.log(`mended: ${mended.interleavings} interleavings are right`);
console.log("that is a proof:", mended.exhausted);

// Output:
// the ordinary run is right
// interleaving 4 is not:
// 0 ms  main         begins, starts main/reader, starts main/writer, waits for the children …
// 0 ms  main/reader  begins, yields
// 0 ms  main/writer  begins, yields
// 0 ms  main/writer  ends
// 0 ms  main/reader  ends
// 0 ms  main         goes on after waiting for … fails: …
// esp1.cachedPrice.…
// the token tells the same: true
// mended: … interleavings are right
// that is a proof: true
