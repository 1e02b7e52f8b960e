import assert from "node:assert/strict";
import { law } from "./support/law.ts";

law("nobody waits for what is there", {
  about: "everything",
  check: ({ inVain }) => assert.deepEqual(inVain, []),
  tested: ({ crowds }) => crowds,
  atLeast: 0.2,
});
