import assert from "node:assert/strict";
import { law } from "./support/law.ts";
import { byNumber } from "./support/numbers.ts";

law("no sent value is lost or doubled", {
  about: "sharing",
  check({ channels }) {
    for (const { sent, received } of channels) {
      const values = received.map(({ value }) => value);
      assert.deepEqual(values.toSorted(byNumber), sent.toSorted(byNumber));
    }
  },
  tested: ({ channels }) => channels.flatMap(({ sent }) => sent).length,
  atLeast: 0.5,
});
