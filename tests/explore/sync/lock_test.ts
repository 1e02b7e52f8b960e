import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import { BrokenResource, checkpoint, currentTask, Lock } from "espalier";
import { outcomes, prove } from "../support/prove.ts";
import { each, together } from "../support/together.ts";
import { turns, TURNS_OF_THREE, turnsInOrder } from "../support/turns.ts";

Deno.test("Lock has one owner at a time, preempted or not, whoever is cancelled (R47)", async () => {
  await prove(function* () {
    const lock = new Lock();
    yield* turns("ab", lock);
    assert.deepEqual(lock.statistics(), {
      locked: false,
      owner: undefined,
      waiting: 0,
    });
  }, { cancelEverywhere: true, preemptions: 1, atLeast: 2_000 });
});

Deno.test("Lock.acquire() is granted in the order of arrival, whoever is cancelled (R24)", async () => {
  const orders = await outcomes(() => turnsInOrder("abc", new Lock()), {
    cancelEverywhere: true,
    atLeast: 2_000,
  });

  assert.deepEqual(orders, TURNS_OF_THREE);
});

Deno.test("Lock.tryAcquire() never pushes in where somebody owns or waits (R47)", async () => {
  const ends = await outcomes(function* () {
    const lock = new Lock();
    let end = "";
    yield* together({
      ...each("ab", () => lock.withLock(checkpoint)),
      intruder: Effect.map(checkpoint, () => {
        const { locked, waiting } = lock.statistics();
        const got = Result.isSuccess(lock.tryAcquire());
        assert.equal(got, !locked && waiting === 0);
        end = got ? "got it" : waiting > 0 ? "others wait" : "is held";
        if (got) lock.release();
      }),
    });
    return end;
  }, { atLeast: 100 });

  assert.deepEqual(ends, ["got it", "is held", "others wait"]);
});

Deno.test("Lock.release() makes the longest waiter the owner there and then (R47)", async () => {
  const passedOn = await outcomes(function* () {
    const lock = new Lock();
    const waiting: unknown[] = [];
    let handovers = 0;
    yield* together(each("abc", () =>
      function* () {
        const self = currentTask();
        waiting.push(self);
        yield* lock.acquire;
        waiting.splice(waiting.indexOf(self), 1);
        yield* checkpoint;
        lock.release();
        assert.equal(lock.statistics().owner, waiting[0]);
        if (waiting.length > 0) handovers++;
      }));
    return `${handovers} times`;
  }, { atLeast: 50 });

  assert.deepEqual(passedOn, ["0 times", "1 times", "2 times"]);
});

Deno.test("Lock is broken for all who come after an owner that ended, and for nobody before (R47)", async () => {
  const ends = await outcomes(function* () {
    const lock = new Lock();
    const ends: string[] = [];
    yield* together({
      forgetful: lock.acquire,
      ...each("ab", () =>
        Effect.matchCause(lock.withLock(checkpoint), {
          onSuccess: () => ends.push("had it"),
          onFailure: ({ reasons: [reason] }) => {
            assert.ok(reason?._tag === "Die");
            assert.ok(reason.defect instanceof BrokenResource);
            assert.deepEqual(reason.defect.brokenBy, ["main/forgetful"]);
            ends.push("was told");
          },
        })),
    });
    return ends.join(", ");
  }, { atLeast: 50 });

  assert.deepEqual(ends, [
    "had it, had it",
    "had it, was told",
    "was told, was told",
  ]);
});
