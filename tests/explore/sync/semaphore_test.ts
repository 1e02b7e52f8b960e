import assert from "node:assert/strict";
import { checkpoint, Semaphore } from "espalier";
import { outcomes, prove } from "../support/prove.ts";
import { each, together } from "../support/together.ts";
import { turns, TURNS_OF_THREE, turnsInOrder } from "../support/turns.ts";

Deno.test("Semaphore keeps its permit, preempted or not, whoever is cancelled (R48)", async () => {
  await prove(function* () {
    const semaphore = new Semaphore(1, { max: 1 });
    yield* turns("ab", semaphore);
    assert.deepEqual(semaphore.statistics(), { value: 1, max: 1, waiting: 0 });
  }, { cancelEverywhere: true, preemptions: 1, atLeast: 2_000 });
});

Deno.test("Semaphore.acquire() is granted in the order of arrival, whoever is cancelled (R24)", async () => {
  const orders = await outcomes(() => turnsInOrder("abc", new Semaphore(1)), {
    cancelEverywhere: true,
    atLeast: 2_000,
  });

  assert.deepEqual(orders, TURNS_OF_THREE);
});

Deno.test("Semaphore lets in as many as it has permits, and none waits beside a permit (R48)", async () => {
  const crowds = await outcomes(function* () {
    const semaphore = new Semaphore(2, { max: 2 });
    let inside = 0;
    let most = 0;
    yield* together(each("abc", () =>
      semaphore.withPermit(function* () {
        most = Math.max(most, ++inside);
        yield* checkpoint;
        const { value, waiting } = semaphore.statistics();
        assert.ok(waiting === 0 || value === 0, `${waiting} wait for ${value}`);
        inside--;
      })));
    assert.deepEqual(semaphore.statistics(), { value: 2, max: 2, waiting: 0 });
    return `${most} inside`;
  }, { atLeast: 500 });

  assert.deepEqual(crowds, ["1 inside", "2 inside"]);
});
