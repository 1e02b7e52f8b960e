import assert from "node:assert/strict";
import { law } from "./support/law.ts";
import { cancelledWaits } from "./support/recording.ts";

law("cancellation reaches every leaf", {
  about: "cancelling",
  check({ waits, signals }) {
    for (const { region, what, end, endedAt } of waits) {
      assert.ok(
        end === "cancelled" || endedAt <= region.reachedAt,
        `${what} passed at ${endedAt} ms, cancelled at ${region.reachedAt} ms`,
      );
    }
    for (const { region, looked, aborted } of signals) {
      assert.ok(
        aborted || looked < region.reachedBy,
        `a signal was not aborted in line ${looked}`,
      );
    }
  },
  tested: cancelledWaits,
  atLeast: 1,
});
