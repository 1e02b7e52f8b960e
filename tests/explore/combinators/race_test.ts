import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import { checkpoint, race, shieldedCheckpoint } from "espalier";
import { outcomes } from "../support/prove.ts";
import { together } from "../support/together.ts";

Deno.test("race() has one winner, and ends after the losers have cleaned up", async () => {
  const ends = await outcomes(function* () {
    const finished: string[] = [];
    let alive = 0;
    const body = (name: string) =>
      Effect.suspend(() => {
        alive++;
        return Effect.ensuring(
          Effect.map(checkpoint, () => (finished.push(name), name)),
          Effect.map(shieldedCheckpoint, () => alive--),
        );
      });
    const winner = yield* race([body("a"), body("b")]);
    assert.equal(alive, 0, "a loser is still at it");
    assert.ok(finished.includes(winner));
    return winner;
  }, { atLeast: 100 });

  assert.deepEqual(ends, ["a", "b"]);
});

Deno.test("race() is won, or cancelled, and leaves nobody behind, whoever is cancelled", async () => {
  const ends = await outcomes(function* () {
    let alive = 0;
    let end = "";
    const body = (name: string) =>
      Effect.suspend(() => {
        alive++;
        return Effect.ensuring(
          Effect.as(checkpoint, name),
          Effect.sync(() => alive--),
        );
      });
    yield* together({
      racer: Effect.onExit(
        race([body("a"), body("b")]),
        (exit) =>
          Effect.sync(() => {
            assert.equal(alive, 0, "a loser is still at it");
            end = exit._tag === "Success" ? exit.value : "cancelled";
          }),
      ),
    });
    return end;
  }, { cancelEverywhere: true, atLeast: 500 });

  assert.deepEqual(ends, ["a", "b", "cancelled"]);
});

Deno.test("race() fails only when all have failed, with all of them in order", async () => {
  const ends = await outcomes(function* () {
    const fails = (error: string) =>
      Effect.andThen(shieldedCheckpoint, Effect.fail(error));
    const exit = yield* Effect.exit(race([fails("a"), fails("b")]));
    assert.ok(exit._tag === "Failure");
    return exit.cause.reasons.map((it) => it._tag === "Fail" ? it.error : "?")
      .join("");
  }, { atLeast: 4 });

  assert.deepEqual(ends, ["ab", "ba"]);
});
