import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import { checkpoint, Lock, moveOnAfter, nursery, sleep } from "espalier";
import { explore } from "espalier/testing";

Deno.test("a story tells which task did what, in order, with virtual time", async () => {
  const { failure } = await explore(function* () {
    const lock = new Lock({ name: "till" });
    yield* nursery(function* (n) {
      n.startSoon(() => lock.withLock(sleep(1500)), { name: "ann" });
      n.startSoon(() => lock.withLock(checkpoint), { name: "bob" });
      n.startSoon(() => moveOnAfter(200, () => sleep(1e6), { name: "nap" }), {
        name: "eve",
      });
      yield* Effect.void;
    });
    throw new Error("the\nend");
  });

  assert.deepEqual(failure!.story.split("\n").map((line) => line.trim()), [
    '0 ms  main       begins, starts main/ann, starts main/bob, starts main/eve, waits for the children of nursery "nursery"',
    '0 ms  main/ann   begins, gets Lock "till" at once, yields',
    '0 ms  main/bob   begins, waits for Lock "till"',
    "0 ms  main/eve   begins, waits for sleep",
    "0 ms  main/ann   waits for sleep",
    '200 ms  the clock  cancels "nap" (DeadlinePassed)',
    "200 ms  main/eve   ends",
    "1500 ms  main/ann   goes on after waiting for sleep, ends",
    '1500 ms  main/bob   goes on after waiting for Lock "till", yields',
    "1500 ms  main/bob   ends",
    '1500 ms  main       goes on after waiting for the children of nursery "nursery", fails: Error: the end',
  ]);
});

Deno.test("a story counts what is repeated, and numbers namesakes", async () => {
  const { failure } = await explore(function* () {
    yield* nursery(function* (n) {
      n.startSoon(checkpoint, { name: "twin" });
      n.startSoon(checkpoint, { name: "twin" });
      yield* Effect.void;
    });
    for (let step = 0; step < 50; step++) yield* checkpoint;
    throw new Error("no");
  });

  assert.match(failure!.story, /main\/twin \(2\)/);
  assert.match(failure!.story, /main\s+yields \(49 times\)/);
});

Deno.test("a story tells of turns that were lost and of cancellations by the test", async () => {
  const step = Effect.sync(() => {});
  const { failure } = await explore(function* () {
    let isBetween = false;
    yield* nursery(function* (n) {
      n.startSoon(function* () {
        yield* step;
        isBetween = true;
        yield* step;
        isBetween = false;
      }, { name: "ann" });
      n.startSoon(Effect.sync(() => assert.equal(isBetween, false)), {
        name: "bob",
      });
      yield* Effect.void;
    });
  }, { preemptions: 1 });
  const { failure: cancelled } = await explore(function* () {
    const ends: string[] = [];
    yield* nursery(function* (n) {
      const slept = n.startSoon(sleep(5), { name: "ann" });
      ends.push((yield* slept.outcome)._tag);
    });
    assert.deepEqual(ends, ["Succeeded"]);
  }, { cancelEverywhere: true });

  assert.match(failure!.story, /ann {2}begins, loses its turn between two op/);
  assert.match(cancelled!.story, /the test {2}cancels main\/ann/);
  assert.match(cancelled!.story, /main\/ann {2}is cancelled and ends/);
});

Deno.test("a story ends where the tasks are all blocked", async () => {
  const { failure } = await explore(function* () {
    const lock = new Lock();
    yield* lock.acquire;
    yield* nursery(function* (n) {
      n.startSoon(lock.acquire, { name: "ann" });
      yield* Effect.void;
    });
  });
  const lines = failure!.story.split("\n");

  assert.match(lines.at(-1)!, /main\/ann {2}begins, waits for Lock$/);
});
