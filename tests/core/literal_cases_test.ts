// Cases that other tests of this folder tell in words of their own, told here
// as nearly as the names of this runtime allow in those of the case.
import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Option from "effect/Option";
import {
  CancelScope,
  checkpoint,
  currentEffectiveDeadline,
  currentTask,
  type Nursery,
  nursery,
  NurseryClosed,
  RunLocal,
  ScopeReused,
  sleep,
  sleepForever,
  type TaskStatus,
} from "espalier";
import { waitAllTasksBlocked } from "espalier/testing";
import {
  scopeTest,
  virtualExit,
  virtualRun,
  virtualTest,
} from "../support/virtual_test.ts";

virtualTest(
  "a settled run, a blocked child, two callbacks of the host that wait (C007)",
  function* () {
    yield* nursery(function* (n) {
      const states = () => n.children.map((task) => task.status);
      assert.deepEqual(states(), []);
      const child = n.startSoon(sleepForever, { name: "blocked" });
      yield* waitAllTasksBlocked();
      assert.deepEqual(states(), ["waiting"]);
      assert.equal(n.children[0]!.waitingFor, "sleepForever");

      // What the host hands in from outside waits for its turn.
      const called = Promise.withResolvers<void>();
      setTimeout(() => {
        n.startSoon(Effect.void);
        n.startSoon(Effect.void);
        assert.deepEqual(states(), ["waiting", "pending", "pending"]);
        called.resolve();
      });
      yield* Effect.promise(() => called.promise);
      yield* waitAllTasksBlocked();
      assert.deepEqual(states(), ["waiting"]);

      // None can run; after `cancel`, at once, one can.
      child.cancel();
      assert.deepEqual(states(), ["cancelling"]);
      yield* waitAllTasksBlocked();
      assert.deepEqual(states(), []);

      const timed = new CancelScope({ timeout: "5 seconds" });
      yield* timed.run(Effect.sync(() => {
        assert.equal(currentEffectiveDeadline(), 5_000);
      }));
      assert.equal(currentEffectiveDeadline(), Infinity);
    });
  },
);

virtualTest(
  "a child that is started is named like any other, and so is the root (C009)",
  function* () {
    function* ready(status: TaskStatus<string>) {
      status.started(currentTask().name);
      yield* checkpoint;
    }
    const arrow = (status: TaskStatus<string>) =>
      Effect.sync(() => status.started(currentTask().name));
    yield* nursery(function* (n) {
      assert.equal(yield* Effect.orDie(n.start(ready)), "ready");
      assert.equal(yield* Effect.orDie(n.start(arrow)), "arrow");
      const named = n.start(ready, { name: "as told" });
      assert.equal(yield* Effect.orDie(named), "as told");
      assert.equal(
        yield* Effect.orDie(n.start(ready.bind(null))),
        "bound ready",
      );
      const path = n.startSoon(Effect.sync(() => currentTask().path), {
        name: "a/b c",
      });
      assert.equal(yield* path, "main/a/b c");
    });
  },
);

Deno.test("the root is named as the run is told (C009)", async () => {
  const name = Effect.sync(() => currentTask().name);
  assert.equal(await virtualRun(() => name), "main");
  assert.equal(await virtualRun(() => name, { name: "server" }), "server");
});

Deno.test("a service that turns its shutdown into an error fails the run with it, and with no cancellation (C029)", async () => {
  const V = new Error("V");
  const exit = await virtualExit(() =>
    nursery(function* (services) {
      services.startSoon(() =>
        nursery(function* () {
          try {
            yield* sleepForever;
          } finally {
            yield* Effect.die(V);
          }
        })
      );
      yield* checkpoint;
      services.cancelScope.cancel("main has returned");
    })
  );
  assert(Exit.isFailure(exit));
  assert.deepEqual(
    exit.cause.reasons.map((it) => it._tag === "Die" ? it.defect : it._tag),
    [V],
  );
});

scopeTest(
  "a scope that another task tries to take over goes on as before (C045)",
  function* () {
    const scope = new CancelScope();
    yield* nursery(function* (n: Nursery) {
      const a = n.startSoon(() => scope.run(sleepForever));
      yield* sleep(1);
      const exit = yield* n.startSoon(() => Effect.exit(scope.run(checkpoint)));
      assert(Exit.isFailure(exit));
      const [reason] = exit.cause.reasons;
      assert(reason?._tag === "Die" && reason.defect instanceof ScopeReused);
      assert.equal(a.status, "running");
      assert.equal(scope.cancelCalled, false);
      scope.cancel();
      assert.deepEqual(yield* a, Option.none());
      assert(scope.cancelledCaught);
    });
  },
);

scopeTest(
  "an outer scope cannot be left before an inner one (C043)",
  function* () {
    const trail: string[] = [];
    const outer = new CancelScope();
    const inner = new CancelScope();
    const answer = yield* outer.run(function* () {
      try {
        return yield* inner.run(function* () {
          try {
            outer.cancel();
            yield* sleepForever;
          } finally {
            trail.push("inside the inner one");
          }
        });
      } finally {
        trail.push("inside the outer one");
      }
    });
    assert.deepEqual(answer, Option.none());
    assert.deepEqual(trail, ["inside the inner one", "inside the outer one"]);
    assert.deepEqual(
      [outer.cancelledCaught, inner.cancelledCaught],
      [true, false],
    );
  },
);

virtualTest(
  "what one task sets another sees, and may set back (C117)",
  function* () {
    const unset = Symbol("unset");
    const local = new RunLocal<string | symbol>({ initial: () => unset });
    const set = (value: string | symbol) => Effect.sync(() => local.set(value));
    yield* nursery(function* (n) {
      const before = local.get();
      local.set("parent");
      yield* n.startSoon(set("child 1"));
      assert.equal(local.get(), "child 1");
      yield* n.startSoon(set(before));
      assert.equal(local.get(), unset);
    });
  },
);

Deno.test("host callbacks go first in, first out, and are refused after the end (C118)", async () => {
  const trail: number[] = [];
  let kept: Nursery | undefined;
  await virtualRun(() =>
    nursery(function* (n) {
      kept = n;
      const all = Promise.withResolvers<void>();
      setTimeout(() => {
        for (let i = 0; i < 10; i++) {
          n.startSoon(Effect.sync(() => trail.push(i)));
        }
        all.resolve();
      });
      yield* Effect.promise(() => all.promise);
    })
  );
  assert.deepEqual(trail, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.throws(() => kept!.startSoon(Effect.void), NurseryClosed);
});
