import assert from "node:assert/strict";
import { law } from "./support/law.ts";
import { cancelledWaits } from "./support/recording.ts";

law("a run leaves nothing behind", {
  about: "everything",
  check({ left, nextTimer, late }) {
    assert.equal(left, 0, "somebody still holds something or waits");
    assert.equal(nextTimer, Infinity, "a timer is left");
    assert.deepEqual(late, [], "somebody is still at it");
  },
  tested: cancelledWaits,
  atLeast: 1,
});
