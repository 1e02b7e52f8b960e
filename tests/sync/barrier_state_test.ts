import assert from "node:assert/strict";
import { BarrierRound } from "../../src/sync/_barrier_state.ts";
import { everyOrder } from "./support/every_order.ts";

Deno.test("BarrierRound ends whole or broken, and once, in every order of 3 parties", () => {
  const orders = everyOrder(() => {
    const round = new BarrierRound(3);
    const parties = [1, 2, 3].map(() => ({
      state: "out" as "out" | "in" | "gone",
      index: -1,
    }));
    const arrived: number[] = [];
    let left = 0;
    return {
      moves: () =>
        round.state !== "open" ? [] : parties.flatMap((party) => {
          if (party.state === "gone") return [];
          if (party.state === "in") {
            return [() => {
              round.leave();
              party.state = "gone";
              left++;
            }];
          }
          return [() => {
            party.index = round.arrive();
            party.state = "in";
            arrived.push(party.index);
          }];
        }),
      check: () => {
        assert.deepEqual(arrived, arrived.map((_, index) => index));
        const whole = arrived.length === 3 && left === 0;
        assert.equal(round.state === "complete", whole);
        assert.equal(round.state === "broken", left > 0);
        assert.equal(
          round.waiting,
          round.state === "open" ? arrived.length : 0,
        );
      },
      atEnd: () => assert.notEqual(round.state, "open"),
    };
  });

  // 6 orders are whole; 6 are broken after two arrived, 3 times 2 ways, and 3
  // after one.
  assert.equal(orders, 6 + 6 * 2 + 3);
});

Deno.test("BarrierRound.leave() after the last one arrived breaks nothing", () => {
  const round = new BarrierRound(1);
  round.arrive();

  round.leave();

  assert.equal(round.state, "complete");
});
