import assert from "node:assert/strict";
import { law } from "./support/law.ts";
import { failuresIn } from "./support/recording.ts";

law("no failure is dropped, doubled or changed", {
  about: "failing",
  check({ raised, handled, changed, exit }) {
    const reported = failuresIn(exit);
    const numbers = reported.map(({ number }) => number);
    assert.equal(new Set(numbers).size, numbers.length, `doubled: ${numbers}`);
    for (const { number, tag } of raised) {
      const found = reported.find((it) => it.number === number);
      assert.ok(found || handled.has(number), `failure ${number} was dropped`);
      assert.ok(
        found === undefined || found.tag === tag || changed.has(number),
        `failure ${number} was changed`,
      );
    }
  },
  tested: ({ exit }) => failuresIn(exit).length > 1 ? 1 : 0,
  atLeast: 0.1,
});
