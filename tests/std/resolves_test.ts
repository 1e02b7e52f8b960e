import assert from "node:assert/strict";
import { delay } from "@std/async/delay";
import { FakeTime } from "@std/testing/time";

Deno.test("delay() of @std/async ends when FakeTime of @std/testing says so", async () => {
  using time = new FakeTime();
  let ended = false;
  const waiting = delay(1000).then(() => ended = true);

  await time.tickAsync(999);
  assert.equal(ended, false);
  await time.tickAsync(1);
  await waiting;

  assert.equal(ended, true);
});
