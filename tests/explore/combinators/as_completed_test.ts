import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import { asCompleted, checkpoint, shieldedCheckpoint } from "espalier";
import { scoped } from "../../support/scoped.ts";
import { outcomes } from "../support/prove.ts";

Deno.test("asCompleted() tells of each body once, in the order in which they finished, and then ends", async () => {
  const orders = await outcomes(function* () {
    const finished: number[] = [];
    const told: number[] = [];
    yield* scoped(function* () {
      const ends = yield* asCompleted(
        [0, 1, 2].map((index) =>
          Effect.map(shieldedCheckpoint, () => void finished.push(index))
        ),
      );
      yield* ends.forEach(({ _tag, index }) =>
        Effect.sync(() => {
          assert.equal(_tag, "Succeeded");
          told.push(index);
        })
      );
    });
    assert.deepEqual(told, finished);
    return told.join("");
  }, { atLeast: 50 });

  assert.deepEqual(orders, ["012", "021", "102", "120", "201", "210"]);
});

Deno.test("asCompleted() that is left early ends after the last cleanup", async () => {
  const ends = await outcomes(function* () {
    let alive = 0;
    let end = "";
    const body = Effect.suspend(() => {
      alive++;
      return Effect.ensuring(
        checkpoint,
        Effect.map(shieldedCheckpoint, () => alive--),
      );
    });
    yield* scoped(function* () {
      const ends = yield* asCompleted([body, body]);
      const first = yield* Effect.orDie(ends.receive);
      end = `${first.index}`;
    });
    assert.equal(alive, 0);
    return end;
  }, { atLeast: 50 });

  assert.deepEqual(ends, ["0", "1"]);
});
