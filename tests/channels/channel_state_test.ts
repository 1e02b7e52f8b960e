import assert from "node:assert/strict";
import { everyOrder } from "../sync/support/every_order.ts";
import { type Traffic, TrafficWorld } from "./support/traffic.ts";

for (const capacity of [0, 1, 2]) {
  Deno.test(`the state of a channel of capacity ${capacity} loses and doubles nothing in any order, whatever is cancelled, interrupted or closed (R53, R56, R58)`, () => {
    plays({ capacity, producers: [2], consumers: [1, 1], accidents: 2 });
    plays({ capacity, producers: [1, 1], consumers: [2], accidents: 2 });
  });

  Deno.test(`the state of a broadcast of capacity ${capacity} gives every value to every subscriber in any order, whatever is cancelled, interrupted or closed`, () => {
    const broadcast = true;
    const consumers = [1, 1];
    plays({ capacity, producers: [2], consumers, broadcast, accidents: 1 });
    const accidents = capacity === 0 ? 1 : 0;
    plays({ capacity, producers: [1, 1], consumers, broadcast, accidents });
  });
}

Deno.test("the state of a channel serves two senders and two receivers in the order in which they came, in any order (R53, R55)", () => {
  const producers = [1, 1];
  const consumers = [1, 1];
  plays({ capacity: 0, producers, consumers, accidents: 1 });
  plays({ capacity: 1, producers, consumers, accidents: 0 });
});

function plays(traffic: Traffic): void {
  const orders = everyOrder(() => new TrafficWorld(traffic));
  assert.ok(orders > 100, `played in ${orders} orders`);
}
