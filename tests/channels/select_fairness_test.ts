import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Random from "effect/Random";
import { onReceive, openMemoryChannel, select } from "espalier/channels";
import { virtualRun } from "../support/virtual_test.ts";

Deno.test("select() chooses each of the ready branches as often as the others", async () => {
  const counts = await virtualRun(() =>
    Random.withSeed(choices(3000, ["a", "b", "c"]), "fair")
  );
  for (const [name, count] of counts) {
    assert.ok(count > 900 && count < 1100, `${name}: ${count} of 3000`);
  }
});

Deno.test("select() does not favour the branch that stands behind those that are not ready", async () => {
  const counts = await virtualRun(() =>
    Random.withSeed(choices(3000, ["a", "", "", "b"]), "fair")
  );
  assert.ok(Math.abs(counts.get("a")! - counts.get("b")!) < 200);
});

Deno.test("select() makes the same choices with the same seed", async () => {
  const trail = (seed: string) => {
    const order: string[] = [];
    const play = choices(50, ["a", "b"], (name) => order.push(name));
    return virtualRun(() => Effect.as(Random.withSeed(play, seed), order));
  };
  const [first, again, other] = await Promise.all([
    trail("one"),
    trail("one"),
    trail("another"),
  ]);
  assert.deepEqual(first, again);
  assert.notDeepEqual(first, other);
});

/** Selects among channels of which those with a name have something. */
function choices(
  times: number,
  names: readonly string[],
  note: (name: string) => void = () => {},
): Effect.Effect<Map<string, number>> {
  const counts = new Map<string, number>();
  const branches = names.map((name) => {
    const [send, receive] = openMemoryChannel<number>(Infinity);
    if (name !== "") { for (let i = 0; i < times; i++) send.trySend(i); }
    return onReceive(receive, () =>
      Effect.sync(() => {
        note(name);
        counts.set(name, (counts.get(name) ?? 0) + 1);
      }));
  });
  return Effect.gen(function* () {
    for (let i = 0; i < times; i++) yield* Effect.orDie(select(branches));
    return counts;
  });
}
