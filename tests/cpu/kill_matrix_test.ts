import assert from "node:assert/strict";
import { STOPPABLE } from "./support/busy_shapes.ts";
import { cpuSilent } from "./support/cpu_silence.ts";
import { Harness } from "./support/worker_harness.ts";
import { pause, until } from "./support/until.ts";

// What can be stopped is stopped, and the proof is in the process's CPU time.

for (const [shape, source] of Object.entries(STOPPABLE)) {
  Deno.test(`stop() ends ${shape} and the CPU is silent (R66)`, async () => {
    const worker = new Harness();
    await worker.ready;
    const { reply } = worker.inline(source);
    await until(() => /running|waiting/.test(worker.link.activity));
    await pause(10);

    const before = performance.now();
    const ending = await worker.stop();
    const took = performance.now() - before;
    const ended = await reply;

    await cpuSilent();
    assert.equal(ending, shape === "async sleep" ? "exited" : "killed");
    assert("death" in ended);
    assert.equal(ended.death.how, ending);
    assert(took < 1000, `took ${took} ms`);
  });
}

Deno.test("a module that loops at its top level is stopped, one that waits there exits", async () => {
  const loops = encodeURIComponent("for (;;) {}");
  const waits = encodeURIComponent("await new Promise(() => {}); export {};");
  const one = new Harness({ load: 100 });
  const two = new Harness();
  await Promise.all([one.ready, two.ready]);
  const first = one.module(`data:text/javascript,${loops}`, "x").reply;
  const second = two.module(`data:text/javascript,${waits}`, "x").reply;
  await until(() => one.link.activity === "evaluating");
  await until(() => two.link.activity === "evaluating");

  assert.equal(await one.stop(), "killed");
  assert.equal(await two.stop(), "exited");
  await Promise.all([first, second]);
});

Deno.test("a worker whose exit was taken away by a task is killed instead", async () => {
  const worker = new Harness();
  await worker.ready;
  await worker.inline(
    "() => { process.on('exit', () => { for (;;) {} }); }",
  ).reply;

  assert.equal(await worker.stop(), "killed");
});

Deno.test("a worker that loads builtins when it is stopped is asked first, and takes nothing down", async () => {
  const source =
    "async () => { for (const name of ['zlib', 'dns', 'http2', 'tls', 'repl']) await import('node:' + name); return new Promise(() => {}); }";
  for (let round = 0; round < 8; round++) {
    const worker = new Harness({ ask: 2000 });
    await worker.ready;
    worker.inline(source);
    await until(() => worker.link.activity === "waiting");
    await pause(round);

    assert.equal(await worker.stop(), "exited");
  }
});
