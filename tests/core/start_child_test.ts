import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Option from "effect/Option";
import {
  AlreadyStarted,
  CancelScope,
  checkpoint,
  currentTask,
  ExitedWithoutStarting,
  moveOnAfter,
  now,
  type Nursery,
  nursery,
  NurseryClosed,
  sleep,
  sleepForever,
  type Task,
  type TaskStatus,
} from "espalier";
import { scopeTest } from "../support/virtual_test.ts";

const ready = (s: number) =>
  function* (status: TaskStatus<number>) {
    yield* sleep(s);
    status.started(s);
    yield* sleep(s);
  };

scopeTest(
  "start() waits until the child says that it is ready (C020, R36)",
  function* () {
    yield* nursery(function* (n) {
      const value = yield* n.start(ready(5));
      assert.equal(value, 5);
      assert.equal(now(), 5);
      assert.equal(n.children.length, 1);
    });
    assert.equal(now(), 10);
  },
);

scopeTest(
  "a function that start() takes can be called with a status that ignores (C020, R40)",
  function* () {
    const ignored: TaskStatus<unknown> = { started() {} };
    yield* Effect.gen(() => ready(5)(ignored));
    assert.equal(now(), 10);
  },
);

scopeTest(
  "a failure before started() comes out of start(), unwrapped, and nowhere else (C021, R35)",
  function* () {
    const error = new Error("E");
    yield* nursery(function* (n: Nursery<Error>) {
      const caught = yield* Effect.flip(n.start(() => Effect.fail(error)));
      assert.equal(caught, error);
      yield* sleep(1);
      assert.equal(n.cancelScope.cancelCalled, false);
    });
  },
);

scopeTest(
  "a child that ends without started() fails start() with an error of its own (C022, R38)",
  function* () {
    yield* nursery(function* (n) {
      const error = yield* Effect.flip(n.start(() => Effect.void, {
        name: "forgetful",
      }));
      assert(error instanceof ExitedWithoutStarting);
      assert.equal(error.cancellation, undefined);
      assert.equal(
        error.message,
        'Cannot start "main/forgetful": it ended before it called started()',
      );
    });
  },
);

scopeTest(
  "a second started() throws inside the child and only there (C022, R38)",
  function* () {
    const trail: unknown[] = [];
    yield* nursery(function* (n) {
      const value = yield* n.start(function* (status: TaskStatus<string>) {
        status.started("first");
        yield* checkpoint;
        try {
          status.started("second");
        } catch (error) {
          trail.push(error);
        }
      });
      assert.equal(value, "first");
    });
    const [error] = trail;
    assert(error instanceof AlreadyStarted);
    assert.equal(
      error.message,
      'Cannot start "main/task-0": it has called started() before',
    );
  },
);

scopeTest("started() after the child has ended throws", function* () {
  let kept: TaskStatus<number> | undefined;
  yield* nursery(function* (n) {
    yield* Effect.flip(n.start((status: TaskStatus<number>) => {
      kept = status;
      return Effect.void;
    }));
  });
  assert.throws(() => kept!.started(1), AlreadyStarted);
});

scopeTest(
  "start() on a nursery that has ended runs no child and takes no time (C024, R38)",
  function* () {
    const opened: Nursery[] = [];
    yield* nursery(function* (n) {
      opened.push(n);
      yield* Effect.void;
    });
    const exit = yield* Effect.exit(opened[0]!.start(() => {
      assert.fail("the child ran");
    }));
    assert(Exit.isFailure(exit));
    const [reason] = exit.cause.reasons;
    assert(reason?._tag === "Die" && reason.defect instanceof NurseryClosed);
    assert.equal(now(), 0);
  },
);

scopeTest("the cause of an error survives start() (C027)", function* () {
  const error = new Error("E", { cause: new Error("why") });
  yield* nursery(function* (n: Nursery<Error>) {
    const caught = yield* Effect.flip(n.start(function* () {
      yield* sleep(1);
      yield* Effect.fail(error);
    }));
    assert.equal(caught, error);
    assert.equal((caught.cause as Error).message, "why");
  });
});

scopeTest(
  "before started() the caller's scopes reach the child, after it the target's (R35, R36)",
  function* () {
    const trail: string[] = [];
    yield* nursery(function* (target) {
      const answer = yield* moveOnAfter(
        5,
        () =>
          target.start(() =>
            Effect.onInterrupt(
              sleepForever,
              () => Effect.sync(() => trail.push(`starting ended at ${now()}`)),
            )
          ),
      );
      assert.deepEqual(answer, Option.none());

      const scope = new CancelScope();
      yield* scope.run(function* () {
        yield* target.start(function* (status: TaskStatus<void>) {
          status.started();
          yield* sleep(10);
          trail.push("started goes on");
        });
        scope.cancel();
        yield* checkpoint;
      });
      trail.push("the caller's scope has ended");
    });
    assert.deepEqual(trail, [
      "starting ended at 5",
      "the caller's scope has ended",
      "started goes on",
    ]);
  },
);

scopeTest(
  "start() ends after the cleanup of the child it gave up (R35)",
  function* () {
    const trail: string[] = [];
    yield* nursery(function* (target) {
      yield* moveOnAfter(5, () =>
        target.start(() =>
          Effect.ensuring(
            sleepForever,
            Effect.andThen(
              sleep(20),
              Effect.sync(() => trail.push("cleaned up")),
            ),
          )
        ));
      trail.push(`given up at ${now()}`);
    });
    assert.deepEqual(trail, ["cleaned up", "given up at 25"]);
  },
);

scopeTest("a failure after started() is the target's (R36)", function* () {
  const exit = yield* Effect.exit(nursery(function* (target: Nursery<string>) {
    yield* target.start(function* (status: TaskStatus<void>) {
      status.started();
      yield* sleep(1);
      yield* Effect.fail("late");
    });
    yield* sleepForever;
  }));
  assert(Exit.hasFails(exit));
});

scopeTest(
  "a pending start keeps its target open (R27, R30, R38)",
  function* () {
    const trail: string[] = [];
    const targets: Nursery[] = [];
    yield* nursery(function* (n) {
      n.startSoon(function* () {
        yield* nursery(function* (target) {
          targets.push(target);
          yield* sleep(1);
        });
        trail.push(`target ended at ${now()}`);
      });
      yield* checkpoint;
      yield* targets[0]!.start(ready(5));
      trail.push(`ready at ${now()}`);
    });
    assert.deepEqual(trail, ["ready at 5", "target ended at 10"]);
  },
);

scopeTest(
  "a starting child belongs to its caller and knows where it will move (C008, R35)",
  function* () {
    const seen: Task[] = [];
    yield* nursery(function* (target) {
      yield* target.start(function* (status: TaskStatus<void>) {
        const task = currentTask();
        seen.push(task);
        assert.equal(task.parentNursery, undefined);
        assert.equal(task.eventualParentNursery, target);
        assert.equal(task.parentTask?.name, "main");
        status.started();
        assert.equal(task.parentNursery, target);
        assert.equal(task.eventualParentNursery, undefined);
        yield* nursery(function* (inner) {
          inner.startSoon(Effect.sync(() => seen.push(currentTask())), {
            name: "child2",
          });
          yield* Effect.void;
        });
      }, { name: "child1" });
    });
    const [child1, child2] = seen;
    assert.equal(child2!.path, "main/child1/child2");
    assert.equal(child2!.parentTask, child1);
    assert.equal(child1!.parentTask?.parentTask, undefined);
    assert.equal(child2!.status, "succeeded");
  },
);
