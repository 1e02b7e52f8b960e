import assert from "node:assert/strict";
import {
  type AccessClaim,
  RwLockState,
} from "../../src/sync/_rw_lock_state.ts";
import { ArrayQueue, claimants } from "./support/claimants.ts";
import { everyOrder } from "./support/every_order.ts";

type Claim = AccessClaim<string>;

for (
  const names of [
    ["r1", "r2", "w1"],
    ["w1", "w2", "r1"],
    ["w1", "w2", "w3"],
  ]
) {
  Deno.test(`RwLockState keeps its promises in every order of ${names.join(", ")}`, () => {
    const orders = everyOrder(() => world(names, true));

    assert.ok(orders > 400, `played in ${orders} orders`);
  });
}

Deno.test("RwLockState keeps its promises in every order of r1, w1, r2, w2", () => {
  const orders = everyOrder(() => world(["r1", "w1", "r2", "w2"], false));

  assert.ok(orders > 9_000, `played in ${orders} orders`);
});

Deno.test("RwLockState.admit() lets readers in when the writer before them gives up", () => {
  const queue = new ArrayQueue<Claim>();
  const state = new RwLockState(queue);
  state.take(claimOf("r1"));
  queue.waiting.push(claimOf("w1"), claimOf("r2"), claimOf("r3"));

  queue.waiting.shift();
  state.admit();

  assert.deepEqual([...state.readers], ["r1", "r2", "r3"]);
});

function claimOf(owner: string): Claim {
  const access = owner.startsWith("r") ? "read" : "write";
  return { owner, access, held: false };
}

function world(names: readonly string[], abandons: boolean) {
  const queue = new ArrayQueue<Claim>();
  const state = new RwLockState(queue);
  return claimants({
    queue,
    claim: claimOf,
    take: (claim) => state.take(claim),
    release: ({ owner }) => state.release(owner),
    left: () => state.admit(),
    ...(abandons
      ? { abandon: ({ owner }: Claim) => assert.ok(state.breakBy(owner)) }
      : {}),
    check: (held) => {
      const readers = held.filter(({ access }) => access === "read");
      const writers = held.filter(({ access }) => access === "write");
      assert.ok(
        writers.length === 0 || held.length === 1,
        "a writer in company",
      );
      assert.deepEqual(
        readers.map(({ owner }) => owner).sort(),
        [...state.readers].sort(),
      );
      assert.equal(writers[0]?.owner, state.writer);
      if (state.brokenBy !== undefined) return;
      assert.ok(queue.size === 0 || held.length > 0, "waits for nobody");
      assert.ok(
        queue.head?.access !== "read" || state.writer !== undefined,
        "a reader at the head waits for readers",
      );
    },
    atEnd: () => {
      assert.equal(state.readers.size, 0);
      assert.equal(state.writer, undefined);
    },
  }, Object.fromEntries(names.map((name) => [name, 1])));
}
