import assert from "node:assert/strict";
import { type LockClaim, LockState } from "../../src/sync/_lock_state.ts";
import { ArrayQueue, claimants } from "./support/claimants.ts";
import { everyOrder } from "./support/every_order.ts";

type Claim = LockClaim<string>;

Deno.test("LockState keeps its promises in every order of 3 tasks (R47)", () => {
  const orders = everyOrder(() => world({ a: 2, b: 1, c: 1 }));

  assert.ok(orders > 1000, `played in ${orders} orders`);
});

Deno.test("LockState keeps its promises in every order of 2 tasks that come again and again (R47)", () => {
  const orders = everyOrder(() => world({ a: 3, b: 2 }));

  assert.ok(orders > 1000, `played in ${orders} orders`);
});

Deno.test("LockState.take() lets nobody push in between a release and the next owner's turn (R47)", () => {
  const queue = new ArrayQueue<Claim>();
  const state = new LockState(queue);
  const [first, second, third] = ["a", "b", "c"].map(claimOf);
  state.take(first!);
  queue.waiting.push(second!);

  state.release();

  assert.equal(state.owner, "b");
  assert.equal(state.take(third!), false);
  assert.ok(second!.held);
});

Deno.test("LockState.breakBy() hears only the owner, once", () => {
  const state = new LockState(new ArrayQueue<Claim>());
  state.take(claimOf("a"));

  assert.equal(state.breakBy("b"), false);
  assert.equal(state.breakBy("a"), true);
  assert.equal(state.breakBy("a"), false);
  assert.equal(state.isHeldBy("a"), false);
});

function claimOf(owner: string): Claim {
  return { owner, held: false };
}

function world(rounds: Record<string, number>) {
  const queue = new ArrayQueue<Claim>();
  const owners: string[] = [];
  const state = new LockState(queue, (owner) => owners.push(owner));
  return claimants({
    queue,
    claim: claimOf,
    take: (claim) => state.take(claim),
    release: ({ owner }) => {
      if (state.isHeldBy(owner)) state.release();
      else assert.ok(state.brokenBy !== undefined);
    },
    abandon: ({ owner }) => assert.ok(state.breakBy(owner)),
    check: (held) => {
      assert.ok(held.length <= 1, "two owners");
      assert.deepEqual(
        held.map(({ owner }) => owner),
        state.owner === undefined ? [] : [state.owner],
      );
      assert.equal(owners.at(-1), state.owner ?? owners.at(-1));
      assert.ok(queue.size === 0 || state.owner !== undefined, "a free lock");
    },
    atEnd: () => assert.equal(state.owner, undefined),
  }, rounds);
}
