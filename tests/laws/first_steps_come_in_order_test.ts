import { law } from "./support/law.ts";
import { assertRising } from "./support/numbers.ts";

law("tasks take their first steps in the order in which they were spawned", {
  about: "cancelling",
  needsOrder: true,
  check({ tasks }) {
    assertRising(tasks.map(({ begun }) => begun!), "first steps");
  },
  tested: ({ tasks }) => tasks.length,
  atLeast: 3,
});
