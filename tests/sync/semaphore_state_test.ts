import assert from "node:assert/strict";
import { SemaphoreState } from "../../src/sync/_semaphore_state.ts";
import type { Claim } from "../../src/sync/_wait_queue.ts";
import { ArrayQueue, claimants } from "./support/claimants.ts";
import { everyOrder } from "./support/every_order.ts";

Deno.test("SemaphoreState neither loses nor makes a permit in any order of 3 tasks and 1 permit (R48)", () => {
  const orders = everyOrder(() => world(1, { a: 2, b: 1, c: 1 }));

  assert.ok(orders > 300, `played in ${orders} orders`);
});

Deno.test("SemaphoreState neither loses nor makes a permit in any order of 3 tasks and 2 permits (R48)", () => {
  const orders = everyOrder(() => world(2, { a: 2, b: 1, c: 1 }));

  assert.ok(orders > 300, `played in ${orders} orders`);
});

Deno.test("SemaphoreState.release() refuses more than max and changes nothing", () => {
  const state = new SemaphoreState(new ArrayQueue<Claim>(), 1, 1);

  assert.equal(state.release(), false);
  assert.equal(state.value, 1);
});

function world(permits: number, rounds: Record<string, number>) {
  const queue = new ArrayQueue<Claim>();
  const state = new SemaphoreState(queue, permits, permits);
  return claimants({
    queue,
    claim: () => ({ held: false }),
    take: (claim) => state.take(claim),
    release: () => assert.ok(state.release()),
    check: (held) => {
      assert.equal(held.length + state.value, permits, "permits in all");
      assert.ok(queue.size === 0 || state.value === 0, "waits for nothing");
    },
    atEnd: () => assert.equal(state.value, permits),
  }, rounds);
}
