import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import { CapacityLimiter, checkpoint } from "espalier";
import { outcomes, prove } from "../support/prove.ts";
import { each, together } from "../support/together.ts";
import { turns, TURNS_OF_THREE, turnsInOrder } from "../support/turns.ts";

Deno.test("CapacityLimiter takes back every token, preempted or not, whoever is cancelled (R49)", async () => {
  await prove(function* () {
    const limiter = new CapacityLimiter(1);
    yield* turns("ab", limiter);
    assert.deepEqual(limiter.statistics(), {
      total: 1,
      borrowed: 0,
      borrowers: [],
      waiting: 0,
    });
  }, { cancelEverywhere: true, preemptions: 1, atLeast: 2_000 });
});

Deno.test("CapacityLimiter.acquire() is granted in the order of arrival, whoever is cancelled (R24)", async () => {
  const orders = await outcomes(
    () => turnsInOrder("abc", new CapacityLimiter(1)),
    {
      cancelEverywhere: true,
      atLeast: 2_000,
    },
  );

  assert.deepEqual(orders, TURNS_OF_THREE);
});

Deno.test("CapacityLimiter.total admits who waits when it grows and revokes nothing when it shrinks (R49)", async () => {
  const crowds = await outcomes(function* () {
    const limiter = new CapacityLimiter(1);
    const inside = new Set<string>();
    let most = 0;
    yield* together({
      ...each("ab", (name) =>
        limiter.withToken(function* () {
          inside.add(name);
          most = Math.max(most, inside.size);
          yield* checkpoint;
          inside.delete(name);
        })),
      *manager() {
        limiter.total = 2;
        const grown = limiter.statistics();
        assert.equal(grown.waiting, 0);
        yield* checkpoint;
        limiter.total = 0;
        assert.ok(limiter.statistics().borrowed >= inside.size);
        yield* checkpoint;
        limiter.total = 1;
        const { borrowed, waiting } = limiter.statistics();
        assert.ok(borrowed >= 1 || waiting === 0, "admitted nobody");
      },
    });
    assert.equal(limiter.statistics().borrowed, 0);
    return `${most} inside`;
  }, { atLeast: 100 });

  assert.deepEqual(crowds, ["1 inside", "2 inside"]);
});

Deno.test("CapacityLimiter.acquireOnBehalfOf() forgets a borrower that was cancelled (R49)", async () => {
  await prove(function* () {
    const limiter = new CapacityLimiter(1);
    const borrow = (borrower: string) =>
      Effect.acquireUseRelease(
        limiter.acquireOnBehalfOf(borrower),
        () => {
          assert.deepEqual(limiter.statistics().borrowers, [borrower]);
          return checkpoint;
        },
        () => Effect.sync(() => limiter.releaseOnBehalfOf(borrower)),
      );
    yield* together({ first: borrow("a"), second: borrow("b") });
    // Each may come again: nothing of it was left behind.
    yield* together({ first: borrow("a"), second: borrow("b") });
    assert.equal(limiter.statistics().borrowed, 0);
  }, { cancelEverywhere: true, atLeast: 100 });
});
