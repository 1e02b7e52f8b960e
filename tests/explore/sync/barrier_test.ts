import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import { Barrier, nursery, sleep } from "espalier";
import { outcomes, prove } from "../support/prove.ts";
import { each, together } from "../support/together.ts";

Deno.test("Barrier.wait() lets nobody go before all have come, round after round", async () => {
  await prove(function* () {
    const barrier = new Barrier(2);
    const places: number[] = [];
    let arrived = 0;
    yield* together(each("ab", () =>
      function* () {
        for (const round of [1, 2]) {
          arrived++;
          places.push(yield* barrier.wait);
          assert.ok(
            arrived >= 2 * round,
            `left round ${round} with ${arrived}`,
          );
        }
      }));
    assert.deepEqual(places.toSorted(), [0, 0, 1, 1]);
    assert.equal(barrier.statistics().waiting, 0);
  }, { preemptions: 1, atLeast: 100 });
});

Deno.test("Barrier.wait() answers the order of arrival", async () => {
  await prove(function* () {
    const barrier = new Barrier(3);
    const arrived: string[] = [];
    const places: string[] = [];
    yield* together(each("abc", (name) =>
      function* () {
        arrived.push(name);
        places[yield* barrier.wait] = name;
      }));
    assert.deepEqual(places, arrived);
  }, { atLeast: 30 });
});

Deno.test("Barrier.wait() lets all go or tells all, whoever is cancelled", async () => {
  const ends = await outcomes(function* () {
    const barrier = new Barrier(3);
    const ends: string[] = [];
    yield* nursery(function* (n) {
      const parties = [..."abc"].map((name) =>
        n.startSoon(
          Effect.match(barrier.wait, {
            onSuccess: () => ends.push("went"),
            onFailure: () => ends.push("told"),
          }),
          { name },
        )
      );
      // Those who wait in vain by now are sent home.
      yield* sleep(1);
      for (const party of parties) party.cancel();
    });
    assert.equal(barrier.statistics().waiting, 0);
    return ends.join(" ");
  }, { cancelEverywhere: true, atLeast: 100 });

  assert.deepEqual(ends, ["told", "went went went"]);
});
