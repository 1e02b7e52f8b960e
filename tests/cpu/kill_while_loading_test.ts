import assert from "node:assert/strict";
import { STATE, WORD } from "../../src/cpu/shared/control.ts";
import { CpuPatience } from "../../src/cpu/substrate/_cpu_patience.ts";
import { Harness } from "./support/worker_harness.ts";
import { pause, until } from "./support/until.ts";

// Deno goes down with a thread that is killed while it loads a module or a
// builtin, so that a thread says when it does, and is then left alone.

const never = new Promise<void>(() => {});

Deno.test("a thread that says that it loads is not killed, even when patience is gone, until it says otherwise", async () => {
  const worker = new Harness({ ask: 20, load: 50 });
  const { control, isolate, link } = worker;
  await worker.ready;
  worker.inline("() => { for (;;) {} }");
  await until(() => link.activity === "running");
  // Said in its place: real loading is over before one can look.
  Atomics.store(control, WORD.state, STATE.loading);
  let isDead = false;
  isolate.death.then(() => isDead = true);

  assert.equal(await isolate.stop(), "leaked");
  await pause(300);
  assert.equal(isDead, false);

  Atomics.store(control, WORD.state, STATE.running);
  await until(() => isDead);
  assert.equal((await isolate.death).how, "killed");
});

Deno.test("a thread that is about to be killed does not begin to load, and does when it is let go", async () => {
  const worker = new Harness();
  const { control, link } = worker;
  await worker.ready;
  Atomics.store(control, WORD.doomed, 1);
  let isOver = false;
  const { reply } = worker.inline(
    "() => process.getBuiltinModule('node:zlib') !== undefined",
  );
  reply.then(() => isOver = true);

  await until(() => link.activity === "loading");
  await pause(50);
  assert.equal(link.activity, "loading");
  assert.equal(isOver, false);

  Atomics.store(control, WORD.doomed, 0);
  Atomics.notify(control, WORD.doomed);
  assert.deepEqual(await reply, { value: true, progress: undefined });
  await worker.stop();
});

Deno.test("CpuPatience waits by the CPU that a thread used, however long that takes", async () => {
  let looks = 0;
  // A machine so busy that each look finds two milliseconds more.
  const starved = new CpuPatience(() => Promise.resolve(looks++ * 2));

  assert.equal(await starved.settled([never]), false);
  assert(looks > 25, `${looks} looks`);

  const settles = new CpuPatience(() => Promise.resolve(looks++ * 2));
  assert.equal(await settles.settled([pause(100)]), true);
});

Deno.test("CpuPatience gives up a thread that uses no CPU", async () => {
  const start = performance.now();
  const still = new CpuPatience(() => Promise.resolve(7));

  assert.equal(await still.settled([never]), false);
  assert(performance.now() - start >= 300);
});
