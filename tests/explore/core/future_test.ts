import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import { checkpoint, Future, nursery, shieldedCheckpoint } from "espalier";
import { outcomes, prove } from "../support/prove.ts";
import { together } from "../support/together.ts";

Deno.test("Future.make() is settled once, and alike for all who wait, whoever is cancelled", async () => {
  const values = await outcomes(function* () {
    const { future, resolver } = Future.make<string>();
    const seen: string[] = [];
    let settled = 0;
    const settle = (value: string) =>
      Effect.sync(() => {
        if (resolver.succeed(value)) settled++;
      });
    yield* together({
      waiter: Effect.map(future, (value) => seen.push(value)),
      other: Effect.map(future, (value) => seen.push(value)),
      a: settle("a"),
      b: settle("b"),
    });
    assert.equal(settled, 1);
    assert.ok(seen.length >= 1);
    assert.equal(new Set(seen).size, 1);
    return seen[0]!;
  }, { cancelEverywhere: true, atLeast: 1_000 });

  assert.deepEqual(values, ["a", "b"]);
});

Deno.test("Future.cancel() ends the task behind it and nobody who waits, after its cleanup", async () => {
  const ends = await outcomes(function* () {
    let isOver = false;
    let end = "";
    yield* nursery(function* (n) {
      const future = n.startSoon(Effect.ensuring(
        checkpoint,
        Effect.map(shieldedCheckpoint, () => isOver = true),
      ));
      n.startSoon(Effect.sync(() => future.cancel()));
      n.startSoon(Effect.map(future.outcome, ({ _tag }) => {
        assert.ok(isOver, "settled before its cleanup");
        end = _tag;
      }));
      yield* Effect.void;
    });
    return end;
  }, { preemptions: 1, atLeast: 200 });

  assert.deepEqual(ends, ["Cancelled", "Succeeded"]);
});

Deno.test("a future is awaited in the order of arrival, and a waiter that is cancelled cancels nobody", async () => {
  await prove(function* () {
    let isDone = false;
    let taken = 0;
    yield* nursery(function* (n) {
      const future = n.startSoon(
        Effect.map(Effect.andThen(checkpoint, checkpoint), () => isDone = true),
        { name: "worker" },
      );
      for (const name of "ab") {
        n.startSoon(
          Effect.map(future.outcome, ({ _tag }) => {
            // Only where the worker itself was the one that was cancelled.
            assert.equal(_tag, isDone ? "Succeeded" : "Cancelled");
            taken++;
          }),
          { name },
        );
      }
      yield* checkpoint;
    });
    assert.ok(taken >= 1 && (isDone || taken === 2));
  }, { cancelEverywhere: true, atLeast: 500 });
});
