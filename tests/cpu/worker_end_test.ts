import assert from "node:assert/strict";
import { reviveFailure } from "../../src/wire/revive_failure.ts";
import { Harness, withWorker } from "./support/worker_harness.ts";
import { until } from "./support/until.ts";

Deno.test("a task that exits ends its worker, and the exit code is told", async () => {
  for (const [exit, code] of [["Deno.exit(7)", 7], ["process.exit(8)", 8]]) {
    await withWorker(async (worker) => {
      const { reply } = worker.inline(`() => { ${exit}; }`);

      assert.deepEqual(await reply, {
        death: { how: "exited", exitCode: code },
      });
    });
  }
});

Deno.test("an error that no task takes ends the worker, and crosses whole", async () => {
  const errors = {
    "a timer that throws":
      "setTimeout(() => { throw new RangeError('late'); })",
    "a rejection that nobody handles":
      "setTimeout(() => { Promise.reject(new RangeError('late')); })",
    "a microtask that throws":
      "queueMicrotask(() => { throw new RangeError('late'); })",
  };
  for (const [what, source] of Object.entries(errors)) {
    await withWorker(async (worker) => {
      const { reply } = worker.inline(
        `() => { ${source}; return new Promise(() => {}); }`,
      );
      const ended = await reply;

      assert("death" in ended, what);
      assert.equal(ended.death.exitCode, 1);
      const failure = reviveFailure(ended.death.failure!, () => undefined);
      assert(failure instanceof RangeError, what);
      assert.equal(failure.message, "late");
    });
  }
});

Deno.test("a module that exits while it loads ends the worker under the task", async () => {
  const source = encodeURIComponent("Deno.exit(9)");
  await withWorker(async (worker) => {
    const { reply } = worker.module(`data:text/javascript,${source}`, "x");

    assert.deepEqual(await reply, { death: { how: "exited", exitCode: 9 } });
  });
});

const FILL =
  "{ const keep = []; for (;;) keep.push(new Array(10000).fill(0.5)); }";

Deno.test("running out of memory is told, wherever the code was running", async () => {
  const shapes = {
    "synchronous": `() => ${FILL}`,
    "under a timeout": `() => ${FILL}`,
    "after a microtask": `async () => { await null; ${FILL} }`,
    "after a timer":
      `async () => { await new Promise((r) => setTimeout(r, 1)); ${FILL} }`,
    "after an answer of the loop":
      `async function () { await this.callHost("x"); ${FILL} }`,
    "after an operation of the platform":
      `async () => { await crypto.subtle.digest("SHA-256", new Uint8Array(1)); ${FILL} }`,
  };
  for (const [where, source] of Object.entries(shapes)) {
    await withWorker(async (worker) => {
      worker.onHostCall = ({ extra: call }) =>
        worker.isolate.post({ say: "answer", call });
      const { reply } = worker.inline(
        source,
        [],
        where === "under a timeout" ? { timeout: 20_000 } : {},
      );
      const ended = await reply;

      assert("death" in ended, where);
      assert.equal(ended.death.how, "outOfMemory", where);
    }, { memoryLimit: 32 });
  }
});

Deno.test("which calls a dead worker had started is known, so that the others can run elsewhere", async () => {
  const worker = new Harness();
  await worker.ready;
  const first = worker.inline("() => 1");
  const exits = worker.inline("() => Deno.exit(1)");
  const behind = [1, 2, 3].map((n) => worker.inline("(n) => n", [n]));
  await exits.reply;

  const taken = [first, exits, ...behind].map(({ id }) =>
    worker.link.isTaken(worker.positionOf(id)!)
  );

  assert.deepEqual(taken, [true, true, false, false, false]);
});

Deno.test("a call that was revoked never runs", async () => {
  await withWorker(async (worker) => {
    const ran = new Int32Array(new SharedArrayBuffer(4));
    const gate = new Int32Array(new SharedArrayBuffer(4));
    const first = worker.inline("(gate) => { Atomics.wait(gate, 0, 0); }", [
      gate,
    ]);
    await until(() => worker.link.current === first.id);
    const second = worker.inline("(ran) => { ran[0]++; }", [ran]);
    const third = worker.inline("() => 3");
    const revoked = worker.link.revoke(worker.positionOf(second.id)!);
    const tooLate = worker.link.revoke(worker.positionOf(first.id)!);
    Atomics.store(gate, 0, 1);
    Atomics.notify(gate, 0);
    await third.reply;

    assert.equal(revoked, true);
    assert.equal(tooLate, false);
    assert.equal(ran[0], 0);
  });
});

Deno.test("post() after death and stop() twice are harmless", async () => {
  const worker = new Harness();
  await worker.ready;
  const [one, two] = await Promise.all([worker.stop(), worker.stop()]);
  worker.isolate.post({ say: "exit" });

  assert.equal(one, "exited");
  assert.equal(two, "exited");
  assert.equal(await worker.stop(), "exited");
  assert(await worker.isolate.cpuTime() >= 0);
});

Deno.test("stop() right behind a reply finds the worker idle, and has no need to kill", async () => {
  for (let round = 0; round < 10; round++) {
    const worker = new Harness();
    await worker.ready;
    await worker.inline("() => 1").reply;

    assert.equal(await worker.stop(), "exited");
  }
});

Deno.test("stop() of a worker that is still starting waits until it may be stopped", async () => {
  const worker = new Harness();

  assert.equal(await worker.stop(), "exited");
});
