import assert from "node:assert/strict";
import {
  CapacityState,
  type TokenClaim,
} from "../../src/sync/_capacity_state.ts";
import { ArrayQueue, claimants } from "./support/claimants.ts";
import { everyOrder, type World } from "./support/every_order.ts";

type Claim = TokenClaim<string>;

Deno.test("CapacityState neither loses nor makes a token in any order of 3 borrowers (R49)", () => {
  const orders = everyOrder(() => world(1, [], { a: 2, b: 1, c: 1 }));

  assert.ok(orders > 300, `played in ${orders} orders`);
});

Deno.test("CapacityState keeps its promises wherever the total is raised and lowered (R49)", () => {
  const orders = everyOrder(() => world(1, [2, 0], { a: 1, b: 1, c: 1 }));

  assert.ok(orders > 1000, `played in ${orders} orders`);
});

Deno.test("CapacityState.resize() to 0 revokes nothing and admits nobody (R49)", () => {
  const queue = new ArrayQueue<Claim>();
  const state = new CapacityState<string, Claim>(queue, 1);
  state.take(claimOf("a"));
  queue.waiting.push(claimOf("b"));

  state.resize(0);

  assert.deepEqual([...state.lent.keys()], ["a"]);
  assert.ok(state.release("a"));
  assert.equal(state.lent.size, 0);
  state.resize(Infinity);
  assert.deepEqual([...state.lent.keys()], ["b"]);
});

Deno.test("CapacityState.release() knows who has a token", () => {
  const state = new CapacityState<string, Claim>(new ArrayQueue<Claim>(), 1);

  assert.equal(state.release("a"), false);
});

function claimOf(borrower: string): Claim {
  return { borrower, held: false };
}

function world(
  total: number,
  totals: readonly number[],
  rounds: Record<string, number>,
): World {
  const queue = new ArrayQueue<Claim>();
  const state = new CapacityState<string, Claim>(queue, total);
  const left = [...totals];
  const borrowers = claimants({
    queue,
    claim: claimOf,
    take: (claim) => state.take(claim),
    release: ({ borrower }) => assert.ok(state.release(borrower)),
    queued: (claim) => state.queued(claim),
    left: (claim) => state.left(claim),
    check: (held) => {
      assert.deepEqual(
        held.map(({ borrower }) => borrower).sort(),
        [...state.lent.keys()].sort(),
        "those who hold are those who are known to",
      );
      assert.ok(queue.size === 0 || state.lent.size >= state.total, "waits");
      for (const name of Object.keys(rounds)) {
        const waits = queue.waiting.some((claim) => claim.borrower === name);
        assert.equal(state.isWaiting(name), waits, `${name} is recorded`);
      }
    },
    atEnd: () => assert.equal(state.lent.size, 0),
  }, rounds);
  return {
    ...borrowers,
    moves: () =>
      left.length > 0
        ? [...borrowers.moves(), () => state.resize(left.shift()!)]
        : borrowers.moves(),
  };
}
