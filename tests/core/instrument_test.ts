import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import {
  CancelScope,
  cancelScope,
  checkpoint,
  type Instrument,
  nursery,
  run,
  sleep,
  sleepForever,
  type TaskStatus,
} from "espalier";
import { Hooks } from "../../src/core/_hooks.ts";
import { virtualRun } from "../support/virtual_test.ts";

Deno.test("instruments hear the life of tasks, scopes and nurseries in order (R70)", async () => {
  const heard: string[] = [];
  await virtualRun(() =>
    nursery(function* (n) {
      n.startSoon(sleep(1), { name: "child" });
      yield* cancelScope(function* (scope) {
        scope.cancel("why");
        yield* checkpoint;
      }, { name: "scope" });
    }, { name: "nursery" }), { instruments: [recorder(heard)] });

  assert.deepEqual(heard, [
    "taskSpawned main",
    "taskStarted main",
    "scopeEntered by main",
    "nurseryOpened nursery by main",
    "taskSpawned main/child",
    "scopeEntered by main",
    "scopeCancelled scope: why",
    "taskStarted main/child",
    "taskWaiting main/child sleep",
    "scopeExited by main",
    'taskWaiting main the children of nursery "nursery"',
    "taskResumed main/child",
    "taskExited main/child Succeeded",
    "taskResumed main",
    "nurseryClosed nursery",
    "scopeExited by main",
    "taskExited main Succeeded",
  ]);
});

Deno.test("a task that is started is heard of once, wherever it moves (R36, R70)", async () => {
  const heard: string[] = [];
  await virtualRun(() =>
    nursery(function* (n) {
      yield* n.start(function* (status: TaskStatus<void>) {
        status.started();
        yield* checkpoint;
      }, { name: "server" });
    }), { instruments: [recorder(heard)] });
  assert.deepEqual(
    heard.filter((it) => /^task(Spawned|Started|Exited) .*server/.test(it)),
    [
      "taskSpawned main/server",
      "taskStarted main/server",
      "taskExited main/server Succeeded",
    ],
  );
});

Deno.test("every wait is told to begin and to end, however it ends (R70)", async () => {
  let waiting = 0;
  let told = 0;
  await virtualRun(() =>
    nursery(function* (n) {
      n.startSoon(Effect.timeoutOption(sleepForever, 5));
      const cancelled = n.startSoon(sleepForever);
      yield* sleep(10);
      cancelled.cancel();
      yield* cancelled.outcome;
    }), {
    instruments: [{
      taskWaiting: () => void (waiting++, told++),
      taskResumed: () => void waiting--,
    }],
  });
  assert.equal(waiting, 0);
  assert(told >= 4);
});

Deno.test("an instrument that throws is reported and removed, the run goes on (C120, R70)", async () => {
  const heard: string[] = [];
  let thrown = 0;
  const bad: Instrument = {
    taskStarted() {
      thrown++;
      throw new Error("bad instrument");
    },
    taskExited() {
      thrown++;
    },
  };
  const reports = await reportsOf(() =>
    virtualRun(() =>
      nursery(function* (n) {
        n.startSoon(Effect.void);
        yield* Effect.void;
      }), { instruments: [bad, recorder(heard)] })
  );
  assert.equal(thrown, 1);
  assert.equal(heard.filter((it) => it.startsWith("taskExited")).length, 2);
  assert.equal(reports.length, 1);
  assert.match(
    String(reports[0]![0]),
    /^Cannot go on with an instrument: its hook "taskStarted" threw$/,
  );
});

Deno.test("an instrument is added once, and its hooks are read when the run begins (R70)", async () => {
  let heard = 0;
  const instrument: Instrument = { taskSpawned: () => void heard++ };
  await run(
    Effect.sync(() => {
      instrument.taskStarted = () => assert.fail("added too late");
      instrument.taskExited = () => assert.fail("added too late");
    }),
    { instruments: [instrument, instrument] },
  );
  assert.equal(heard, 1);
});

Deno.test("only hooks that exist are called, with their instrument as this (R70)", () => {
  const called: unknown[] = [];
  const instrument = {
    taskSpawned(this: unknown, ...details: unknown[]) {
      called.push(this, ...details);
    },
    taskStarted: "no function",
  };
  const hooks = new Hooks([instrument]);
  hooks.emit("taskSpawned", 1);
  hooks.emit("taskStarted", 2);
  hooks.emit("taskExited", 3);
  assert.deepEqual(called, [instrument, 1]);
});

Deno.test("an instrument may use plain methods, such as cancel()", async () => {
  const scope = new CancelScope();
  await virtualRun(() => scope.run(sleepForever), {
    instruments: [{ taskWaiting: () => scope.cancel() }],
  });
  assert.equal(scope.cancelledCaught, true);
});

Deno.test("a cleanup that outlives its cancellation by more than slowCleanup is reported (R43)", async () => {
  const late: string[] = [];
  const reports = await reportsOf(() =>
    virtualRun(() =>
      nursery(function* (n) {
        n.startSoon(() =>
          cancelScope(() => Effect.ensuring(sleepForever, sleep(100)), {
            timeout: 1,
            name: "slow",
          }), { name: "child" });
        n.startSoon(() =>
          cancelScope(() => Effect.ensuring(sleepForever, sleep(5)), {
            timeout: 1,
            name: "quick",
          })
        );
        yield* Effect.void;
      }), {
      slowCleanup: 10,
      instruments: [{
        slowCleanup: (task, overdue) => late.push(`${task.path} ${overdue}`),
      }],
    }), "warn");
  assert.equal(late.length, 1);
  assert.match(late[0]!, /^main\/child \d+$/);
  assert.equal(reports.length, 1);
  assert.match(String(reports[0]![0]), /scope "slow" of task "main\/child"/);
});

Deno.test("the slow cleanup of a task, or of a whole run, is reported too (R43)", async () => {
  const controller = new AbortController();
  const late: string[] = [];
  const reports = await reportsOf(() =>
    virtualRun(() =>
      nursery(function* (n) {
        const slow = Effect.ensuring(sleepForever, sleep(100));
        const child = n.startSoon(slow, { name: "child" });
        yield* checkpoint;
        child.cancel();
        yield* child.outcome;
        controller.abort();
        yield* slow;
      }), {
      signal: controller.signal,
      slowCleanup: 10,
      instruments: [{ slowCleanup: (task) => late.push(task.path) }],
    }).catch(() => {}), "warn");
  assert.deepEqual(late, ["main/child", "main"]);
  assert.deepEqual(
    reports.map(([text]) => String(text).replace(/\d+/, "N")),
    [
      'Cleanup is slow: task "main/child" was cancelled N ms ago',
      'Cleanup is slow: task "main" was cancelled N ms ago',
    ],
  );
});

function recorder(heard: string[]): Instrument {
  return {
    taskSpawned: (task) => heard.push(`taskSpawned ${task.path}`),
    taskStarted: (task) => heard.push(`taskStarted ${task.path}`),
    taskExited: (task, { _tag }) =>
      heard.push(`taskExited ${task.path} ${_tag}`),
    taskWaiting: (task, what) => heard.push(`taskWaiting ${task.path} ${what}`),
    taskResumed: (task) => heard.push(`taskResumed ${task.path}`),
    scopeEntered: (scope, task) =>
      heardOf(scope, `scopeEntered by ${task.path}`),
    scopeExited: (scope, task) => heardOf(scope, `scopeExited by ${task.path}`),
    scopeCancelled: (_, { scope, reason }) =>
      heard.push(
        `scopeCancelled ${scope}: ${
          reason._tag === "Explicit" ? reason.message : reason._tag
        }`,
      ),
    nurseryOpened: (nursery, task) =>
      heard.push(`nurseryOpened ${nursery.name} by ${task.path}`),
    nurseryClosed: ({ name }) => heard.push(`nurseryClosed ${name}`),
  };

  function heardOf(scope: CancelScope, what: string): void {
    assert(scope instanceof CancelScope);
    heard.push(what);
  }
}

/** What is printed meanwhile. */
async function reportsOf(
  during: () => Promise<unknown>,
  method: "error" | "warn" = "error",
): Promise<unknown[][]> {
  const reports: unknown[][] = [];
  const printed = console[method];
  console[method] = (...args: unknown[]) => reports.push(args);
  try {
    await during();
  } finally {
    console[method] = printed;
  }
  return reports;
}
