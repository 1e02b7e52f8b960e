import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import {
  cancelScope,
  checkpoint,
  currentEffectiveDeadline,
  currentTask,
  NotInRun,
  type Nursery,
  nursery,
  sleep,
  sleepForever,
  type Task,
  type TaskStatus,
} from "espalier";
import { scopeTest, virtualRun, virtualTest } from "../support/virtual_test.ts";

scopeTest(
  "currentTask() is the task that runs, in scopes and in Effect's forks too (C005)",
  function* () {
    const main = currentTask();
    assert.equal(main.name, "main");
    yield* nursery(function* (n) {
      const child = n.startSoon(Effect.sync(currentTask), { name: "child" });
      const task = yield* child;
      assert.equal(task.parentNursery, n);
      assert.equal(task.parentTask, main);
      yield* cancelScope(Effect.sync(() => assert.equal(currentTask(), main)));
      const forked = yield* Effect.all([Effect.sync(currentTask)], {
        concurrency: 2,
      });
      assert.equal(forked[0], main);
      yield* Effect.timeout(
        Effect.sync(() => assert.equal(currentTask(), main)),
        10,
      );
      assert.equal(currentTask(), main);
    });
  },
);

Deno.test("currentTask() and currentEffectiveDeadline() outside a run are usage errors (C006)", () => {
  assert.throws(() => currentTask(), {
    _tag: "NotInRun",
    message: "Cannot read the current task: no task is running here",
  });
  assert.throws(() => currentEffectiveDeadline(), NotInRun);
});

Deno.test("who lives, who can run and what comes next can be told (C007)", async () => {
  const living = new Set<Task>();
  await virtualRun(() =>
    nursery(function* (n) {
      const child = n.startSoon(sleepForever, { name: "blocked" });
      const task = n.children[0]!;
      assert.equal(task.status, "pending");
      yield* checkpoint;
      assert.equal(living.size, 2);
      assert.equal(task.status, "waiting");
      child.cancel();
      assert.equal(task.status, "cancelling");
      yield* cancelScope(function* () {
        assert.equal(currentEffectiveDeadline(), 5);
        yield* Effect.void;
      }, { timeout: 5 });
      assert.equal(currentEffectiveDeadline(), Infinity);
      yield* child.outcome;
      assert.equal(living.size, 1);
    }), {
    instruments: [{
      taskSpawned: (task) => living.add(task),
      taskExited: (task) => living.delete(task),
    }],
  });
  assert.equal(living.size, 0);
});

scopeTest(
  "the tree can be walked while it runs, and upwards after it has ended (C008, R34)",
  function* () {
    const main = currentTask();
    const tasks: Task[] = [];
    yield* nursery(function* (n1) {
      n1.startSoon(() =>
        nursery(function* (n2) {
          tasks.push(currentTask());
          n2.startSoon(function* () {
            tasks.push(currentTask());
            yield* sleep(5);
          }, { name: "child2" });
          yield* sleep(5);
        }, { name: "inner" }), { name: "child1" });
      yield* sleep(1);
      const [child1, child2] = tasks;
      assert.deepEqual(main.childNurseries, [n1]);
      assert.deepEqual(n1.children, [child1]);
      const [n2] = child1!.childNurseries;
      assert.equal(n2?.name, "inner");
      assert.deepEqual(n2?.children, [child2]);
      assert.equal(child2!.parentNursery, n2);
      assert.deepEqual(child2!.childNurseries, []);
    });
    const [child1, child2] = tasks;
    assert.equal(child2!.path, "main/child1/child2");
    assert.equal(child2!.parentTask, child1);
    assert.equal(child1!.parentTask, main);
    assert.equal(main.parentTask, undefined);
    assert.equal(main.parentNursery, undefined);
  },
);

scopeTest(
  "nurseries of one task are listed from the outside in (R34)",
  function* () {
    yield* nursery(() =>
      nursery(function* () {
        const names = currentTask().childNurseries.map(({ name }) => name);
        assert.deepEqual(names, ["outer", "inner"]);
        yield* Effect.void;
      }, { name: "inner" }), { name: "outer" });
  },
);

virtualTest(
  "a task is named as told, or after its body, or by its number (C009)",
  function* () {
    function named(): Effect.Effect<string> {
      return Effect.sync(() => currentTask().name);
    }
    const wrap = (body: () => Effect.Effect<string>) =>
      Object.defineProperty(() => body(), "name", { value: body.name });
    yield* nursery(function* (n) {
      const who = Effect.sync(() => currentTask().name);
      assert.equal(yield* n.startSoon(who), "task-0");
      assert.equal(yield* n.startSoon(named), "named");
      assert.equal(yield* n.startSoon(named, { name: "given" }), "given");
      assert.equal(yield* n.startSoon(wrap(named)), "named");
      assert.equal(yield* n.startSoon(() => who), "task-4");
      assert.equal(
        yield* n.startSoon(() => Promise.resolve(currentTask().name)),
        "task-5",
      );
    });
  },
);

scopeTest("status tells what a task is doing, and how it ended", function* () {
  assert.equal(currentTask().status, "running");
  const tasks: Task[] = [];
  yield* nursery(function* (n: Nursery<string>) {
    n.startSoon(sleepForever, { name: "cancelled" });
    n.startSoon(Effect.as(checkpoint, "value"), { name: "succeeded" });
    n.startSoon(Effect.andThen(checkpoint, Effect.fail("E")), {
      name: "failed",
    });
    tasks.push(...n.children);
    assert.deepEqual(tasks.map(({ status }) => status), [
      "pending",
      "pending",
      "pending",
    ]);
    yield* sleep(1);
  }).pipe(Effect.exit);
  for (const task of tasks) assert.equal(task.status, task.name);
});

scopeTest("waitingFor says what a task waits for", function* () {
  yield* nursery(function* (n) {
    const sleeper = n.startSoon(sleep(10), { name: "sleeper" });
    n.startSoon(sleeper, { name: "waiter" });
    n.startSoon(() =>
      nursery(function* (inner) {
        inner.startSoon(sleep(5));
        yield* Effect.void;
      }, { name: "inner" }), { name: "opener" });
    n.startSoon(Effect.never, { name: "elsewhere" });
    yield* sleep(1);
    assert.deepEqual(
      n.children.map(({ name, waitingFor }) => [name, waitingFor]),
      [
        ["sleeper", "sleep"],
        ["waiter", 'the result of task "main/sleeper"'],
        ["opener", 'the children of nursery "inner"'],
        ["elsewhere", undefined],
      ],
    );
    assert.equal(currentTask().waitingFor, undefined);
    n.cancelScope.cancel();
    yield* Effect.void;
  });
});

virtualTest(
  "Task.path follows a started child and what it has started to their new place (R34, R36)",
  function* () {
    const trail: string[] = [];
    yield* nursery(function* (target) {
      const server = (status: TaskStatus<void>) =>
        nursery(function* (n) {
          const look = (when: string) =>
            trail.push(`${when}: ${n.children[0]!.path}`);
          n.startSoon(sleepForever, { name: "worker" });
          look("before");
          status.started(undefined);
          look("after");
          n.cancelScope.cancel();
          yield* Effect.void;
        });
      const starter = nursery(function* () {
        yield* target.start(server, { name: "server" });
      });
      yield* target.startSoon(Effect.orDie(starter), { name: "starter" });
    });
    assert.deepEqual(trail, [
      "before: main/starter/server/worker",
      "after: main/server/worker",
    ]);
  },
);
