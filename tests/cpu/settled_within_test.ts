import assert from "node:assert/strict";
import { settledWithin } from "../../src/cpu/substrate/wait.ts";
import { provedWithin } from "../../src/cpu/substrate/_death_proof.ts";
import { Harness } from "./support/worker_harness.ts";
import { pause, until } from "./support/until.ts";

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

Deno.test("provedWithin() gives up by the clock, and waits longer where the process is not let run", async () => {
  const never = new Promise<void>(() => {});
  assert.equal(await provedWithin(20, Promise.resolve()), true);

  // It uses hardly any CPU here, as where others have it all.
  const start = performance.now();
  assert.equal(await provedWithin(100, never), false);
  assert(performance.now() - start >= 150);
  assert.equal(await provedWithin(400, pause(450)), true);

  // A thread that loops uses what it gets.
  const busy = setInterval(() => hold(8), 1);
  assert.equal(await provedWithin(20, never), false);
  clearInterval(busy);
});
