import assert from "node:assert/strict";
import { reviveFailure } from "../../src/wire/revive_failure.ts";
import type { Fault } from "../../src/cpu/transport/frame_kinds.ts";
import { type Reply, withWorker } from "./support/worker_harness.ts";
import { until } from "./support/until.ts";

const tasks = new URL("../fixtures/cpu/tasks.ts", import.meta.url);

Deno.test("a worker runs functions of modules and of source, in the order in which they were sent (C094)", async () => {
  await withWorker(async (worker) => {
    const replies = [
      worker.inline("(a, b) => a + b", [2, 3]),
      worker.module(tasks, "double", [4]),
      worker.inline("async (a) => { await null; return [a]; }", ["x"]),
      worker.module(tasks, "default", [5]),
      worker.inline("function () { return typeof this.callHost; }"),
    ];
    const values = await Promise.all(replies.map(({ reply }) => reply));

    assert.deepEqual(values.map(valueOf), [5, 8, ["x"], 6, "function"]);
  });
});

Deno.test("values of every kind cross both ways, small ones in shared memory, the rest by clone", async () => {
  const values = [
    undefined,
    null,
    -0,
    NaN,
    10n ** 30n,
    "☃ \ud800",
    { a: [1, { b: undefined }] },
    new Date(5),
    new Map([[{ k: 1 }, new Set([/x/g])]]),
    new Float32Array([1.5, 2.5]),
    new Uint8Array(300_000).fill(7),
    "long ".repeat(100_000),
    [1, , 3],
    new RangeError("kept"),
  ];
  await withWorker(async (worker) => {
    for (const value of values) {
      const reply = await worker.inline("(v) => v", [value]).reply;
      assert.deepEqual(valueOf(reply), value);
    }
  });
});

Deno.test("large and small calls mixed keep their order both ways", async () => {
  await withWorker(async (worker) => {
    const order: number[] = [];
    const replies = Array.from({ length: 300 }, (_, index) => {
      const large = index % 7 === 0 ? new Map([["i", index]]) : index;
      const { reply } = worker.inline("(v) => v", [large]);
      return reply.then(() => order.push(index));
    });
    await Promise.all(replies);

    assert.deepEqual(order, order.toSorted((a, b) => a - b));
  });
});

Deno.test("a full ring holds calls and results back, and loses none", async () => {
  await withWorker(async (worker) => {
    const text = "x".repeat(500);
    const replies = Array.from(
      { length: 400 },
      (_, index) => worker.inline("(i, t) => [i, t]", [index, text]).reply,
    );
    const values = (await Promise.all(replies)).map(valueOf);

    assert(worker.fullRings > 0);
    assert.deepEqual(
      values,
      Array.from({ length: 400 }, (_, i) => [i, text]),
    );
  }, { ringBytes: 8192 });
});

Deno.test("what a task throws crosses whole, and the worker goes on", async () => {
  await withWorker(async (worker) => {
    const thrown = await worker.module(tasks, "fails", ["why"]).reply;
    const rejected = await worker.inline(
      "async () => { throw { plain: [1] }; }",
    ).reply;
    const nothing = await worker.inline("() => Promise.reject()").reply;
    const next = await worker.inline("() => 1").reply;

    const fault = faultOf(thrown);
    assert(fault.why === "threw");
    const error = reviveFailure(fault.failure, () => undefined) as Error & {
      _tag: string;
      detail: { code: number };
    };
    assert.equal(error.message, "why");
    assert.equal(error._tag, "OutOfStock");
    assert.deepEqual(error.detail, { code: 7 });
    assert((error.cause as Error) instanceof TypeError);
    assert.match(error.stack!, /tests\/fixtures\/cpu\/tasks\.ts/);
    assert.doesNotMatch(error.stack!, /data:text/);
    assert.deepEqual(thrownBy(rejected), { plain: [1] });
    assert.equal(thrownBy(nothing), undefined);
    assert.equal(valueOf(next), 1);
  });
});

Deno.test("a result that cannot cross is refused by its path, moved or not", async () => {
  await withWorker(async (worker) => {
    const link = await worker.inline("() => ({ link: new URL('http://a.b') })")
      .reply;
    const call = await worker.inline("() => () => 1").reply;
    const args = await worker.inline("function () { return arguments; }", [
      new Map(),
    ]).reply;

    assert.deepEqual(faultOf(link), {
      why: "unsendable",
      path: "result.link",
      kind: "an instance of URL",
    });
    assert.deepEqual(faultOf(call), {
      why: "unsendable",
      path: "result",
      kind: "a function",
    });
    assert.equal(faultOf(args).why, "unsendable");
  });
});

Deno.test("move() hands results over, and transferred arguments leave the loop", async () => {
  await withWorker(async (worker) => {
    const buffer = new ArrayBuffer(1 << 20);
    const moved = await worker.module(tasks, "movesBack", [buffer], {
      transfer: [buffer],
    }).reply;

    assert.equal(buffer.detached, true);
    assert.deepEqual(valueOf(moved), {
      bytes: new Uint8Array(1 << 20).fill(1),
      wasDetached: false,
    });
    const left = await worker.module(tasks, "keptBytes").reply;
    assert.equal(valueOf(left), 0);
  });
});

Deno.test("a missing export, module or permission is told apart, and the worker goes on", async () => {
  await withWorker(async (worker) => {
    const noExport = await worker.module(tasks, "absent").reply;
    const noModule = await worker.module("file:///no/where.ts", "x").reply;
    const noHost = await worker.module("http://10.0.0.1:1/a.ts", "x").reply;
    const throwing = await worker.module(
      new URL("../fixtures/cpu/fail_at_load.ts", import.meta.url),
      "x",
    ).reply;
    const next = await worker.inline("() => 1").reply;

    assert.deepEqual(missingOf(noExport)[0], "export");
    assert.match(missingOf(noExport)[1], /has no export "absent"/);
    assert.equal(missingOf(noModule)[0], "module");
    assert.deepEqual(missingOf(noHost), [
      "permission",
      "it needs --allow-import=10.0.0.1:1",
    ]);
    assert.deepEqual(missingOf(throwing), [
      "module",
      "its code failed: no stock at all",
    ]);
    assert.equal(valueOf(next), 1);
  });
});

Deno.test("a synchronous task is stopped at its timeout, and the worker is kept", async () => {
  await withWorker(async (worker) => {
    const late = await worker.inline("() => { for (;;) {} }", [], {
      timeout: 20,
    }).reply;
    const blocked = await worker.inline(
      "() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)",
      [],
      { timeout: 20 },
    ).reply;
    const intime = await worker.inline("(a) => a", [1], { timeout: 1000 })
      .reply;

    assert.equal(faultOf(late).why, "deadline");
    assert.equal(faultOf(blocked).why, "deadline");
    assert.equal(valueOf(intime), 1);
  });
});

Deno.test("an async task's signal aborts at its timeout with DeadlineExceeded; late is late", async () => {
  await withWorker(async (worker) => {
    const wait =
      "{ const { signal } = this; await new Promise((r) => signal.onabort = r); ";
    const obeys = await worker.inline(
      `async function () ${wait} throw signal.reason; }`,
      [],
      { timeout: 20 },
    ).reply;
    const swallows = await worker.inline(
      `async function () ${wait} return this.cancelRequested(); }`,
      [],
      { timeout: 20 },
    ).reply;

    for (const reply of [obeys, swallows]) {
      const fault = faultOf(reply);
      assert(fault.why === "deadline");
      assert.equal(fault.failure.errors[0]!.name, "DeadlineExceeded");
      assert.deepEqual(fault.failure.errors[0]!.fields.budget, { value: 20 });
    }
  });
});

Deno.test("a task sees that it is cancelled: in a loop, and through its signal (C101)", async () => {
  await withWorker(async (worker) => {
    const loop = worker.inline(
      "function () { for (;;) this.checkCancelled(); }",
    );
    worker.link.cancel(loop.id);
    const stopped = await loop.reply;
    const waiting = worker.inline(
      "async function () { await new Promise((r) => this.signal.onabort = r); return 'left'; }",
    );
    await until(() => worker.link.activity === "waiting");
    worker.link.cancel(waiting.id);
    const left = await waiting.reply;
    const next = await worker.inline(
      "function () { return this.cancelRequested(); }",
    ).reply;

    assert.equal(faultOf(stopped).why, "cancelled");
    assert.equal(valueOf(left), "left");
    assert.equal(valueOf(next), false);
  });
});

Deno.test("a task cancelled while its module loads does not start", async () => {
  const source = `data:text/javascript,${
    encodeURIComponent(
      "await new Promise((r) => setTimeout(r, 30)); export const run = (ran) => { ran[0] = 1; };",
    )
  }`;
  await withWorker(async (worker) => {
    const ran = new Int32Array(new SharedArrayBuffer(4));
    const task = worker.module(source, "run", [ran]);
    await until(() => worker.link.activity === "evaluating");
    worker.link.cancel(task.id);

    assert.equal(faultOf(await task.reply).why, "cancelled");
    assert.equal(ran[0], 0);
  });
});

Deno.test("progress is newest only, and the last one comes with the result", async () => {
  await withWorker(async (worker) => {
    const task = worker.inline(
      "function (flag) { for (let i = 0; i < 1000; i++) this.reportProgress(i / 1000); while (!Atomics.load(flag, 0)); this.reportProgress(1); return 'done'; }",
      [new Int32Array(gate)],
    );
    await until(() => worker.link.progressOf(task.id) === 0.999);
    Atomics.store(new Int32Array(gate), 0, 1);
    const reply = await task.reply;

    assert.deepEqual(reply, { value: "done", progress: 1 });
    assert.equal(worker.link.progressOf(task.id + 1), undefined);
  });
});

const gate = new SharedArrayBuffer(4);

Deno.test("callHost asks the loop and gets its answer or its failure", async () => {
  await withWorker(async (worker) => {
    worker.onHostCall = ({ extra: call, values: [name, ...args] }) =>
      name === "add"
        ? worker.isolate.post({
          say: "answer",
          call,
          value: (args as number[]).reduce((a, b) => a + b),
        })
        : worker.isolate.post({
          say: "answer",
          call,
          failure: { root: { value: "no such thing" }, errors: [] },
        });
    const sum = await worker.inline(
      "async function () { return await this.callHost('add', 1, 2); }",
    ).reply;
    const none = await worker.inline(
      "async function () { return await this.callHost('none'); }",
    ).reply;
    const bad = await worker.inline(
      "async function () { return await this.callHost('add', () => 1); }",
    ).reply;

    assert.equal(valueOf(sum), 3);
    assert.equal(thrownBy(none), "no such thing");
    assert.equal((thrownBy(bad) as { path: string }).path, "args[0]");
  });
});

function valueOf(reply: Reply): unknown {
  assert("value" in reply, Deno.inspect(reply));
  return reply.value;
}

function faultOf(reply: Reply): Fault {
  assert("fault" in reply, Deno.inspect(reply));
  return reply.fault;
}

function thrownBy(reply: Reply): unknown {
  const fault = faultOf(reply);
  assert("failure" in fault && fault.failure);
  return reviveFailure(fault.failure, () => undefined);
}

function missingOf(reply: Reply): [string, string] {
  const fault = faultOf(reply);
  assert(fault.why === "missing");
  return [fault.missing, fault.detail];
}
