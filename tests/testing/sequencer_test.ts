import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import { checkpoint, type Future, nursery, run } from "espalier";
import { explore, SequenceBroken, Sequencer } from "espalier/testing";

Deno.test("Sequencer.at() keeps a strict order between two tasks (C105, R73)", async () => {
  assert.deepEqual(await run(twoTasks), [0, 1, 2, 3, 4]);
});

Deno.test("Sequencer.at() keeps its order in every interleaving (C105)", async () => {
  const { failure, exhausted } = await explore(function* () {
    assert.deepEqual(yield* twoTasks(), [0, 1, 2, 3, 4]);
  });

  assert.deepEqual([failure, exhausted], [undefined, true]);
});

Deno.test("Sequencer.at() lets the next body begin only when the last has ended (R73)", async () => {
  const order = new Sequencer();
  const trail: string[] = [];

  await run(nursery(function* (n) {
    n.startSoon(order.at(1, Effect.sync(() => trail.push("second"))));
    n.startSoon(order.at(0, function* () {
      trail.push("first begins");
      for (let i = 0; i < 5; i++) yield* checkpoint;
      trail.push("first ends");
    }));
    yield* checkpoint;
  }));

  assert.deepEqual(trail, ["first begins", "first ends", "second"]);
});

Deno.test("Sequencer.at() goes on after a body that failed", async () => {
  const order = new Sequencer();

  const answer = await run(function* () {
    const failed = yield* Effect.flip(order.at(0, Effect.fail("no")));
    return [failed, yield* order.at(1, Effect.succeed("yes"))];
  });

  assert.deepEqual(answer, ["no", "yes"]);
});

Deno.test("Sequencer.at() refuses a point that was used (C105)", async () => {
  const order = new Sequencer();
  await run(order.at(0, Effect.void));

  await assert.rejects(
    run(order.at(0, Effect.void)),
    new SequenceBroken(0, "it has been used before"),
  );
  await run(order.at(1, Effect.void));
});

Deno.test("Sequencer.at() refuses what is no point", () => {
  const order = new Sequencer();

  for (const point of [-1, 0.5, NaN, Infinity]) {
    assert.throws(() => order.at(point, Effect.void), RangeError);
  }
});

Deno.test("Sequencer.at() is broken for all, now and later, by a cancelled waiter (R73)", async () => {
  const order = new Sequencer();
  const trail: string[] = [];
  const body = Effect.sync(() => trail.push("ran"));
  const tagOf = <A>(future: Future<A>) =>
    Effect.map(
      future.outcome,
      (outcome) =>
        outcome._tag === "Failed"
          ? String((outcome.cause.reasons[0] as { defect?: unknown }).defect)
          : outcome._tag,
    );

  const ends = await run(nursery(function* (n) {
    const first = n.startSoon(order.at(1, body));
    const second = n.startSoon(order.at(2, body));
    for (let i = 0; i < 3; i++) yield* checkpoint;
    first.cancel();
    return [yield* tagOf(first), yield* tagOf(second)];
  }, { onChildFailure: "isolate" }));
  await assert.rejects(run(order.at(3, body)), SequenceBroken);
  await assert.rejects(run(order.at(0, body)), SequenceBroken);

  assert.equal(ends[0], "Cancelled");
  assert.match(ends[1]!, /^SequenceBroken: Cannot reach point 2/);
  assert.deepEqual(trail, []);
});

Deno.test("Sequencer.at() never hangs, wherever a task is cancelled", async () => {
  const { failure, exhausted } = await explore(function* () {
    const order = new Sequencer();
    yield* nursery(function* (n) {
      for (const point of [1, 0, 2]) {
        // That the sequence is broken is what the others are told.
        n.startSoon(Effect.exit(order.at(point, checkpoint)));
      }
      yield* checkpoint;
    });
  }, { cancelEverywhere: true });

  assert.deepEqual([failure, exhausted], [undefined, true]);
});

function* twoTasks() {
  const order = new Sequencer();
  const trail: number[] = [];
  const at = (point: number) =>
    order.at(point, Effect.sync(() => trail.push(point)));
  yield* nursery(function* (n) {
    n.startSoon(function* () {
      for (const point of [1, 3, 4]) yield* at(point);
    });
    n.startSoon(function* () {
      for (const point of [0, 2]) yield* at(point);
    });
    yield* checkpoint;
  });
  return trail;
}
