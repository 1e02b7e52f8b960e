import assert from "node:assert/strict";
import { law } from "./support/law.ts";

law("of the scopes that are cancelled the outermost one catches", {
  about: "cancelling",
  check({ scopes }) {
    for (const { region, end, outside } of scopes) {
      const isRight = end === "caught"
        ? outside !== "cancelled"
        : end !== "passed on" || outside !== "not cancelled";
      assert.ok(isRight, `region ${region.number}: ${end}, outside ${outside}`);
    }
  },
  tested: ({ scopes }) =>
    scopes.filter(({ end }) => end !== "something else").length,
  atLeast: 0.5,
});
