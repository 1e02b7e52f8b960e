import assert from "node:assert/strict";
import { law } from "./support/law.ts";
import { cancelledWaits } from "./support/recording.ts";

law("cancellation reaches nothing else", {
  about: "cancelling",
  check({ waits }) {
    for (const { region, what, end, endedAt } of waits) {
      assert.ok(
        end === "passed" || endedAt >= region.reachedAt,
        `${what} was cancelled at ${endedAt} ms, though not before ` +
          `${region.reachedAt} ms`,
      );
    }
  },
  tested: cancelledWaits,
  atLeast: 1,
});
