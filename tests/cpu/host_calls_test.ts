import assert from "node:assert/strict";
import { HostCalls } from "../../src/cpu/worker/host_calls.ts";
import { RunningTask } from "../../src/cpu/worker/running_task.ts";
import type { Frame } from "../../src/cpu/transport/frame_ring.ts";
import type { WorkerLink } from "../../src/cpu/worker/worker_link.ts";
import { CONTROL_BYTES } from "../../src/cpu/shared/control.ts";
import { flattenFailure } from "../../src/wire/flatten_failure.ts";

Deno.test("HostCalls.arrive() hands no answer on in the port's turn: it rings for the serving loop, whose turn it is", async () => {
  const { calls, link, task, log } = setUp();
  calls.call(task, "price", ["apple"]).then((value) => log.push(value));
  const [call] = link.sent;
  assert.deepEqual(call?.values, ["price", "apple"]);

  calls.arrive({ call: call!.extra, value: 3 });
  await turns();
  // In the port's turn Deno says nothing of a heap that reaches its limit.
  assert.deepEqual([log, link.rings], [[], 1]);

  calls.settle();
  await turns();
  assert.deepEqual(log, [3]);
});

Deno.test("HostCalls.settle() hands on each answer once, values and failures, whatever the order", async () => {
  const { calls, link, task, log } = setUp();
  const note = (promise: Promise<unknown>) =>
    promise.then((value) => log.push(value), (e: Error) => log.push(e.message));
  note(calls.call(task, "a", []));
  note(calls.call(task, "b", []));
  const [a, b] = link.sent.map(({ extra }) => extra);
  assert.notEqual(a, b);

  calls.arrive({ call: b!, failure: flattenFailure(new Error("no b")) });
  calls.arrive({ call: a!, value: "a" });
  calls.settle();
  calls.settle();
  await turns();

  assert.deepEqual(log, ["no b", "a"]);
});

Deno.test("HostCalls.forget() drops the calls of a task that has ended, and of no other", async () => {
  const { calls, link, task, log } = setUp();
  const other = taskWith(2);
  calls.call(task, "a", []).then(() => log.push("of the one that ended"));
  calls.call(other, "b", []).then(() => log.push("of the other"));

  calls.forget(task);
  for (const { extra } of link.sent) calls.arrive({ call: extra });
  calls.settle();
  await turns();

  assert.deepEqual(log, ["of the other"]);
});

function setUp() {
  const link = {
    sent: [] as Frame[],
    rings: 0,
    send(frame: Frame) {
      this.sent.push(frame);
    },
    ringSelf() {
      this.rings++;
    },
  };
  const calls = new HostCalls(link as unknown as WorkerLink);
  return { calls, link, task: taskWith(1), log: [] as unknown[] };
}

function taskWith(id: number): RunningTask {
  const control = new Int32Array(new SharedArrayBuffer(CONTROL_BYTES));
  const words = { control, numbers: new Float64Array(control.buffer) };
  return new RunningTask(words, 1, id, "task");
}

function turns(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
