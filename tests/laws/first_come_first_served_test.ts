import assert from "node:assert/strict";
import { law } from "./support/law.ts";
import { assertRising } from "./support/numbers.ts";

law("first come, first served", {
  about: "sharing",
  check({ channels, lock }) {
    for (const { received } of channels) {
      const inTurn = received.toSorted((one, other) => one.asked - other.asked);
      assertRising(inTurn.map(({ value }) => value), "values");
    }
    assertRising(lock.got, "owners of the lock");
    assert.ok(lock.mostInside <= 1, `${lock.mostInside} were inside the lock`);
  },
  tested: ({ lock, channels }) =>
    [lock.got, ...channels.map(({ received }) => received)]
      .filter(({ length }) => length > 1).length,
  atLeast: 0.1,
});
