import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import { checkpoint, gather, shieldedCheckpoint } from "espalier";
import { outcomes, prove } from "../support/prove.ts";
import { together } from "../support/together.ts";

Deno.test("gather() keeps the order of its bodies however they finish, and ends after the last cleanup, whoever is cancelled", async () => {
  const finishes = await outcomes(function* () {
    const finished: string[] = [];
    let alive = 0;
    let end = "";
    const body = (name: string) =>
      Effect.suspend(() => {
        alive++;
        return Effect.ensuring(
          Effect.map(checkpoint, () => (finished.push(name), name)),
          Effect.map(shieldedCheckpoint, () => alive--),
        );
      });
    yield* together({
      gatherer: Effect.onExit(
        gather([body("a"), body("b")]),
        (exit) =>
          Effect.sync(() => {
            assert.equal(alive, 0);
            if (exit._tag === "Success") {
              assert.deepEqual(exit.value, ["a", "b"]);
            }
            end = exit._tag === "Success" ? finished.join("") : "cancelled";
          }),
      ),
    }).pipe(Effect.catchCause(() => Effect.void));
    return end;
  }, { cancelEverywhere: true, atLeast: 500 });

  assert.deepEqual(finishes, ["ab", "ba", "cancelled"]);
});

Deno.test("gather() fails with the first failure and all that followed from it, and leaves nobody behind", async () => {
  const ends = await outcomes(function* () {
    let alive = 0;
    const body = (work: Effect.Effect<unknown, string>) =>
      Effect.suspend(() => {
        alive++;
        return Effect.ensuring(work, Effect.sync(() => alive--));
      });
    const exit = yield* Effect.exit(gather([
      body(Effect.andThen(shieldedCheckpoint, Effect.fail("a"))),
      body(Effect.andThen(checkpoint, Effect.fail("b"))),
      body(checkpoint),
    ]));
    assert.equal(alive, 0);
    assert.ok(exit._tag === "Failure");
    return exit.cause.reasons.map((it) =>
      it._tag === "Fail" ? it.error : it._tag
    )
      .join(" ");
  }, { atLeast: 50 });

  assert.deepEqual(ends, ["a", "b a"]);
});

Deno.test("gather() runs no more bodies at once than it may, and all of them", async () => {
  await prove(function* () {
    const begun: string[] = [];
    let alive = 0;
    const body = (name: string) =>
      Effect.suspend(() => {
        begun.push(name);
        assert.ok(++alive <= 2);
        return Effect.ensuring(checkpoint, Effect.sync(() => alive--));
      });
    yield* gather([..."abc"].map(body), { concurrency: 2 });
    assert.deepEqual(begun.toSorted(), ["a", "b", "c"]);
  }, { atLeast: 5 });
});
