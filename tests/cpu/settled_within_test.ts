import assert from "node:assert/strict";
import { settledWithin } from "../../src/cpu/substrate/wait.ts";
import { Harness } from "./support/worker_harness.ts";
import { until } from "./support/until.ts";

Deno.test("settledWithin() says whether one settles in time, by value or by error", async () => {
  const never = new Promise<void>(() => {});

  assert.equal(await settledWithin(1000, [never, Promise.resolve()]), true);
  assert.equal(await settledWithin(1000, [Promise.reject(new Error())]), true);
  assert.equal(await settledWithin(5, [never]), false);
  assert.equal(await settledWithin(0, [never]), false);
});

Deno.test("stop() does not tell as leaked what died while the loop was held up (R66)", async () => {
  const worker = new Harness({ proof: 60 });
  await worker.ready;
  worker.inline("() => { for (;;) {} }");
  await until(() => worker.link.activity === "running");

  const ending = worker.stop();
  // The kill is sent within the microtasks of this turn; the proof comes by a
  // turn of its own, which the timers that are due go before.
  await Promise.resolve().then(() => {}).then(() => {}).then(() => {});
  hold(300);

  assert.equal(await ending, "killed");
});

function hold(ms: number): void {
  const start = performance.now();
  while (performance.now() - start < ms);
}
