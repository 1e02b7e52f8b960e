import assert from "node:assert/strict";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import {
  cancelScope,
  checkpoint,
  NotInRun,
  type Nursery,
  nursery,
  run,
  RunLocal,
  shield,
  TaskLocal,
} from "espalier";
import { scopeTest, virtualTest } from "../support/virtual_test.ts";

scopeTest(
  "TaskLocal follows a task into the children that it spawns (R61)",
  function* () {
    const local = new TaskLocal({ initial: () => "initial" });
    const seen: string[] = [];
    const see = Effect.sync(() => seen.push(local.get()));
    yield* nursery(function* (n) {
      n.startSoon(see);
      yield* local.provide("provided", function* () {
        n.startSoon(function* () {
          yield* checkpoint;
          yield* see;
        });
        yield* nursery(function* (inner) {
          inner.startSoon(see);
          yield* see;
        });
      });
      yield* see;
    });
    assert.deepEqual(seen.sort(), [
      "initial",
      "initial",
      "provided",
      "provided",
      "provided",
    ]);
  },
);

scopeTest(
  "what a child is provided is invisible to its parent (R61)",
  function* () {
    const local = new TaskLocal({ initial: () => 0 });
    yield* nursery(function* (n) {
      yield* n.startSoon(local.provide(1, Effect.sync(() => local.get())));
      assert.equal(local.get(), 0);
    });
  },
);

scopeTest(
  "a child that outlives what was provided around its spawn keeps it (R61)",
  function* () {
    const local = new TaskLocal({ initial: () => "initial" });
    yield* nursery(function* (n) {
      const child = yield* local.provide(
        "at spawn",
        () =>
          Effect.sync(() =>
            n.startSoon(function* () {
              yield* checkpoint;
              return local.get();
            })
          ),
      );
      assert.equal(local.get(), "initial");
      assert.equal(yield* child, "at spawn");
    });
  },
);

scopeTest(
  "scopes, shields and Effect's forks see what was provided around them",
  function* () {
    const local = new TaskLocal({ initial: () => 0 });
    const get = Effect.sync(() => local.get());
    const seen = yield* local.provide(1, () =>
      Effect.all([
        get,
        shield(get),
        Effect.timeout(get, 10),
        Effect.map(cancelScope(get), () => local.get()),
      ], { concurrency: 2 }));
    assert.deepEqual(seen, [1, 1, 1, 1]);
  },
);

scopeTest(
  "services come from the spawner, scopes from the nursery (R61)",
  function* () {
    class Greeting extends Context.Service<Greeting, string>()("Greeting") {}
    const trail: string[] = [];
    yield* Effect.provideService(
      nursery(function* (n: Nursery<never, Greeting>) {
        yield* Effect.provideService(
          Effect.sync(() => {
            n.startSoon(Effect.map(Greeting, (it) => trail.push(it)));
          }),
          Greeting,
          "from the spawner",
        );
        n.startSoon(Effect.map(Greeting, (it) => trail.push(it)));
      }),
      Greeting,
      "from around the nursery",
    );
    assert.deepEqual(trail, ["from the spawner", "from around the nursery"]);
  },
);

Deno.test("the initial value of a TaskLocal is made once in each run", async () => {
  let made = 0;
  const local = new TaskLocal({ initial: () => ++made });
  const twice = nursery(function* (n) {
    const child = n.startSoon(Effect.sync(() => local.get()));
    return [local.get(), yield* child];
  });
  assert.deepEqual(await run(twice), [1, 1]);
  assert.deepEqual(await run(twice), [2, 2]);
});

virtualTest("two locals of one name do not meet", function* () {
  const a = new TaskLocal({ initial: () => "a", name: "same" });
  const b = new TaskLocal({ initial: () => "b", name: "same" });
  const seen = yield* a.provide("A", Effect.sync(() => [a.get(), b.get()]));
  assert.deepEqual(seen, ["A", "b"]);
});

scopeTest("RunLocal is shared by all tasks of a run (C117, R62)", function* () {
  const local = new RunLocal({ initial: () => "unset" });
  yield* nursery(function* (n) {
    local.set("by the parent");
    yield* n.startSoon(Effect.sync(() => {
      assert.equal(local.get(), "by the parent");
      local.set("by a child");
    }));
    assert.equal(local.get(), "by a child");
    yield* n.startSoon(Effect.sync(() => local.set("unset")));
    assert.equal(local.get(), "unset");
  });
});

Deno.test("RunLocal starts afresh in every run, also in one that lives beside (C117, R62)", async () => {
  const local = new RunLocal<number[]>({ initial: () => [] });
  const other = new RunLocal<number[]>({ initial: () => [] });
  const body = (value: number) =>
    function* () {
      local.get().push(value);
      yield* checkpoint;
      assert.deepEqual(other.get(), []);
      return local.get();
    };
  assert.deepEqual(await Promise.all([run(body(1)), run(body(2))]), [[1], [2]]);
  assert.deepEqual(await run(body(3)), [3]);
});

Deno.test("locals outside a run are usage errors (C117, R62)", async () => {
  const runLocal = new RunLocal({ initial: () => 0 });
  const taskLocal = new TaskLocal({ initial: () => 0 });
  assert.throws(() => runLocal.get(), {
    _tag: "NotInRun",
    message: "Cannot read a run local: no task is running here",
  });
  assert.throws(() => runLocal.set(1), NotInRun);
  assert.throws(() => taskLocal.get(), NotInRun);
  await assert.rejects(
    Effect.runPromise(taskLocal.provide(1, () => Effect.void)),
    NotInRun,
  );
});

Deno.test("TaskLocal() and RunLocal() refuse a value where a function makes it", () => {
  for (const Local of [TaskLocal, RunLocal]) {
    assert.throws(
      () => new Local({ initial: "nobody" as never }),
      /^TypeError: Cannot make a (task|run) local: 'initial' must be a function that makes the value: received "nobody"$/,
    );
    assert.throws(() => new Local({} as never), TypeError);
  }
});
