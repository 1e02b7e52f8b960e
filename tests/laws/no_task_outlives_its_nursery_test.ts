import assert from "node:assert/strict";
import { law } from "./support/law.ts";

law("no task outlives its nursery, and each takes its first step", {
  about: "cancelling",
  check({ tasks, unsettled }) {
    for (const { name, nursery, begun, ended } of tasks) {
      assert.ok(begun !== undefined, `${name} was spawned and never begun`);
      assert.ok(ended !== undefined, `${name} never ended`);
      assert.ok(ended < nursery.left!, `${name} outlived its nursery`);
    }
    assert.equal(unsettled, 0, "a future was never settled");
  },
  tested: ({ tasks }) => tasks.length,
  atLeast: 3,
});
