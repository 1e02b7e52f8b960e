import assert from "node:assert/strict";
import { runChild } from "../support/run_child.ts";

const program = "keep_alive_scenarios.ts";

for (
  const scenario of [
    "waitForEver",
    "waitForAPromise",
    "waitForEffect",
    "waitOnAClockThatStands",
  ]
) {
  Deno.test(`while a run waits the process stays alive: ${scenario}`, async () => {
    const ended = await runChild(program, { args: [scenario] });
    assert.deepEqual(ended, { code: 0, stdout: "still alive\n", stderr: "" });
  });
}

// A timer of an hour that is left behind would keep the program for an hour.
for (
  const [scenario, stdout] of [
    ["endBeforeItsDeadlines", "ended\n"],
    ["endAfterACancellation", "Cancelled\n"],
  ] as const
) {
  Deno.test(`when a run has settled nothing keeps the process alive: ${scenario}`, async () => {
    const ended = await runChild(program, { args: [scenario] });
    assert.deepEqual(ended, { code: 0, stdout, stderr: "" });
  });
}
