import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import { checkpoint, RwLock } from "espalier";
import { outcomes, prove } from "../support/prove.ts";
import { together } from "../support/together.ts";
import { turns, TURNS_OF_THREE, turnsInOrder } from "../support/turns.ts";

Deno.test("RwLock has one writer and no reader, or readers and no writer, whoever is cancelled", async () => {
  const crowds = await outcomes(function* () {
    const lock = new RwLock();
    let readers = 0;
    let writers = 0;
    let most = 0;
    const enter = (reading: 0 | 1) =>
      Effect.suspend(() => {
        readers += reading;
        writers += 1 - reading;
        most = Math.max(most, readers);
        assert.ok(writers === 0 || writers + readers === 1);
        const leave = Effect.sync(() => {
          readers -= reading;
          writers -= 1 - reading;
        });
        return Effect.ensuring(checkpoint, leave);
      });
    yield* together({
      reader: lock.withRead(enter(1)),
      writer: lock.withWrite(enter(0)),
      other: lock.withRead(enter(1)),
    });
    const { readers: left, writer, waiting } = lock.statistics();
    assert.deepEqual([left, writer, waiting], [0, undefined, 0]);
    return `${most} at once`;
  }, { cancelEverywhere: true, atLeast: 1_000 });

  assert.deepEqual(crowds, ["1 at once", "2 at once"]);
});

Deno.test("RwLock excludes writers, preempted or not, whoever is cancelled", async () => {
  await prove(function* () {
    const lock = new RwLock();
    const writing = {
      acquire: lock.acquireWrite,
      release: () => lock.releaseWrite(),
    };
    yield* turns("ab", writing);
    assert.equal(lock.statistics().writer, undefined);
  }, { cancelEverywhere: true, preemptions: 1, atLeast: 2_000 });
});

Deno.test("RwLock.acquireWrite() is granted in the order of arrival, whoever is cancelled (R24)", async () => {
  const orders = await outcomes(() => {
    const lock = new RwLock();
    return turnsInOrder("abc", {
      acquire: lock.acquireWrite,
      release: () => lock.releaseWrite(),
    });
  }, { cancelEverywhere: true, atLeast: 2_000 });

  assert.deepEqual(orders, TURNS_OF_THREE);
});

Deno.test("RwLock.acquireRead() waits behind a writer that waits (R24)", async () => {
  const orders = await outcomes(function* () {
    const lock = new RwLock();
    const arrived: string[] = [];
    const granted: string[] = [];
    const visit = (name: string, kind: "withRead" | "withWrite") =>
      Effect.suspend(() => {
        arrived.push(name);
        return lock[kind](function* () {
          granted.push(name);
          yield* checkpoint;
        });
      });
    yield* together({
      reader: visit("r", "withRead"),
      writer: visit("W", "withWrite"),
      late: visit("l", "withRead"),
    });
    // Who reads at one time with others is granted in any order among them.
    const before = (order: string[]) => order.slice(0, order.indexOf("W"));
    assert.deepEqual(before(granted).sort(), before(arrived).sort());
    return before(granted).sort().join("");
  }, { atLeast: 100 });

  assert.deepEqual(orders, ["", "l", "lr", "r"]);
});
