import assert from "node:assert/strict";
import { law } from "./support/law.ts";

law("cleanup ends before the opener resumes", {
  about: "cancelling",
  check({ cleanups }) {
    for (const { inside, ms, begun, ended } of cleanups) {
      assert.ok(begun && ended, "a cleanup was not run to its end");
      assert.equal(ended.at - begun.at, ms, "a cleanup was cut short");
      for (const region of inside()) {
        assert.ok(
          ended.event < region.left!,
          `region ${region.number} was left before line ${ended.event}`,
        );
      }
    }
  },
  tested: ({ cleanups }) =>
    cleanups.filter(({ inside, begun }) =>
      inside().some((region) => region.cancelledAt <= begun!.at)
    ).length,
  atLeast: 0.1,
});
