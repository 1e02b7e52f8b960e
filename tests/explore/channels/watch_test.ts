import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import { checkpoint, openWatch } from "espalier";
import { outcomes } from "../support/prove.ts";
import { each, together } from "../support/together.ts";

for (const cancelEverywhere of [false, true]) {
  const who = cancelEverywhere ? "a" : "ab";
  const whoever = cancelEverywhere ? ", whoever is cancelled" : "";
  Deno.test(`a watch shows ${who.length} subscribers the last value, never an older one after a newer${whoever}`, async () => {
    const seen = await outcomes(() => watch(who), {
      cancelEverywhere,
      atLeast: 50,
    });

    const cancelled = cancelEverywhere ? ["cancelled"] : [];
    assert.deepEqual(seen, ["012", "02", "2", ...cancelled]);
  });
}

/** A value is set twice while it is watched; answers what the first one saw. */
function* watch(who: string) {
  const level = openWatch(0);
  const seen: Record<string, number[]> = {};
  const ended: string[] = [];
  yield* together({
    ...each(who, (name) => {
      const end = level.subscribe();
      const values: number[] = seen[name] = [];
      return Effect.map(
        end.forEach((value) => Effect.sync(() => values.push(value))),
        () => ended.push(name),
      );
    }),
    setter: Effect.ensuring(
      Effect.andThen(checkpoint, Effect.sync(() => level.value = 1)),
      Effect.sync(() => {
        level.value = 2;
        level.close();
      }),
    ),
  });
  for (const values of Object.values(seen)) {
    assert.deepEqual(values, values.toSorted(), "an older one after a newer");
    assert.equal(new Set(values).size, values.length, "one of them twice");
  }
  // Who was not cancelled has seen the last one.
  for (const name of ended) assert.equal(seen[name]?.at(-1), 2);
  return ended.length === who.length ? seen.a!.join("") : "cancelled";
}
