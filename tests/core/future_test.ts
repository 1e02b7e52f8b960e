import assert from "node:assert/strict";
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Option from "effect/Option";
import {
  Cancelled,
  cancelScope,
  checkpoint,
  ErrorGroup,
  Future,
  moveOnAfter,
  now,
  type Nursery,
  nursery,
  run,
  sleep,
  sleepForever,
  TaskCancelled,
} from "espalier";
import { scopeTest, virtualTest } from "../support/virtual_test.ts";

scopeTest(
  "Future: yield* waits and takes the result, as often as one likes (R32)",
  function* () {
    yield* nursery(function* (n) {
      const future = n.startSoon(Effect.as(sleep(5), "value"));
      assert.equal(yield* future, "value");
      assert.equal(now(), 5);
      assert.equal(yield* future, "value");
    });
  },
);

virtualTest("Future is an Effect to every operator of Effect", function* () {
  yield* nursery(function* (n: Nursery<string>) {
    const one = n.startSoon(Effect.as(sleep(2), 1));
    const two = n.startSoon(Effect.as(sleep(1), 2));
    assert(Effect.isEffect(one));
    assert.deepEqual(yield* Effect.all([one, two]), [1, 2]);
    assert.equal(yield* Effect.map(one, (it) => it + 1), 2);
    assert.equal(yield* one.pipe(Effect.flatMap(() => two)), 2);
  });
});

scopeTest(
  "Future: taking a result that is there is a checkpoint (R19)",
  function* () {
    const trail: string[] = [];
    yield* nursery(function* (n) {
      const done = n.startSoon(Effect.succeed(1));
      yield* checkpoint;
      n.startSoon(Effect.sync(() => trail.push("other")));
      yield* done;
      trail.push("taker");
      n.startSoon(Effect.sync(() => trail.push("other")));
      yield* done.outcome;
      trail.push("taker");
      const cancelled = yield* cancelScope((scope) => {
        scope.cancel();
        return done;
      });
      assert.deepEqual(cancelled, Option.none());
    });
    assert.deepEqual(trail, ["other", "taker", "other", "taker"]);
  },
);

scopeTest("Future.outcome tells how it ended and never fails", function* () {
  yield* nursery(function* (n: Nursery<string>) {
    const succeeded = n.startSoon(Effect.succeed(1));
    const failed = n.startSoon(Effect.fail("E"));
    const cancelled = n.startSoon(sleepForever);
    cancelled.cancel("why");
    assert.deepEqual(yield* succeeded.outcome, { _tag: "Succeeded", value: 1 });
    const failure = yield* failed.outcome;
    assert(failure._tag === "Failed");
    assert.equal(Cause.squash(failure.cause), "E");
    const cancellation = yield* cancelled.outcome;
    assert(cancellation._tag === "Cancelled");
    assert.deepEqual(cancellation.cancellation.reason, {
      _tag: "Explicit",
      message: "why",
    });
    assert.equal(cancellation.cancellation.requestedBy, "main");
  }, { onChildFailure: "isolate" });
});

scopeTest("Future.poll() looks without waiting", function* () {
  yield* nursery(function* (n) {
    const future = n.startSoon(Effect.as(sleep(1), "value"));
    assert.deepEqual(future.poll(), Option.none());
    yield* sleep(2);
    assert.deepEqual(
      future.poll(),
      Option.some({ _tag: "Succeeded", value: "value" }),
    );
  });
});

scopeTest("Future.status follows the task", function* () {
  yield* nursery(function* (n: Nursery<string>) {
    const body = Effect.ensuring(sleep(5), Effect.sleep(5));
    const [a, b, c] = [
      n.startSoon(body),
      n.startSoon(body),
      n.startSoon(
        Effect.fail("E"),
      ),
    ];
    assert.equal(a.status, "pending");
    yield* sleep(1);
    assert.equal(a.status, "running");
    assert.equal(c.status, "failed");
    b.cancel();
    assert.equal(b.status, "cancelling");
    yield* sleep(20);
    assert.equal(a.status, "succeeded");
    assert.equal(b.status, "cancelled");
  }, { onChildFailure: "isolate" }).pipe(Effect.exit);
});

scopeTest(
  "awaiting a task that was cancelled is the defect TaskCancelled",
  function* () {
    const exit = yield* Effect.exit(nursery(function* (n) {
      const future = n.startSoon(sleepForever);
      future.cancel("not needed");
      yield* future;
    }));
    assert(Exit.isFailure(exit));
    const [reason] = exit.cause.reasons;
    assert(reason?._tag === "Die" && reason.defect instanceof TaskCancelled);
    assert.equal(reason.defect.cancellation.reason._tag, "Explicit");
    assert.match(reason.defect.message, /^Cannot take the result of a task: /);
  },
);

scopeTest("a waiter that is cancelled leaves the task alone", function* () {
  yield* nursery(function* (n) {
    const future = n.startSoon(Effect.as(sleep(10), "value"));
    assert.deepEqual(yield* moveOnAfter(1, future), Option.none());
    assert.deepEqual(yield* Effect.timeoutOption(future, 1), Option.none());
    assert.equal(future.status, "running");
    assert.equal(yield* future, "value");
    assert.equal(now(), 10);
  });
});

scopeTest(
  "a result that was handed to a waiter is kept though it is cancelled in the same step (R13)",
  function* () {
    const { future, resolver } = Future.make<string>();
    const trail: string[] = [];
    yield* cancelScope(function* (scope) {
      yield* nursery(function* (n) {
        n.startSoon(function* () {
          trail.push(yield* future);
          yield* checkpoint;
          trail.push("unreachable");
        });
        yield* checkpoint;
        resolver.succeed("taken");
        scope.cancel();
      });
    });
    assert.deepEqual(trail, ["taken"]);
  },
);

scopeTest("waiters are woken first come, first served (R24)", function* () {
  const { future, resolver } = Future.make<void>();
  const trail: number[] = [];
  yield* nursery(function* (n) {
    for (let i = 0; i < 10; i++) {
      n.startSoon(Effect.map(future, () => trail.push(i)));
    }
    yield* sleep(1);
    resolver.succeed();
    assert.deepEqual(trail, [], "settling runs nobody (R18)");
  });
  assert.deepEqual(trail, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

virtualTest(
  "Future.make(): the first to settle wins, and is told so",
  function* () {
    const made = Future.make<number, string>();
    assert.equal(made.future.status, "pending");
    assert.equal(made.resolver.succeed(1), true);
    assert.equal(made.resolver.succeed(2), false);
    assert.equal(made.resolver.fail("E"), false);
    assert.equal(made.resolver.die("D"), false);
    made.future.cancel();
    assert.equal(yield* made.future, 1);

    const failed = Future.make<number, string>();
    failed.resolver.fail("E");
    assert.equal(yield* Effect.flip(failed.future), "E");
    const died = Future.make();
    died.resolver.die("D");
    assert(Exit.hasDies(yield* Effect.exit(died.future)));
  },
);

virtualTest("Future.cancel() settles a made future as cancelled", function* () {
  const { future, resolver } = Future.make<number>();
  future.cancel("nobody will");
  assert.equal(future.status, "cancelled");
  assert.equal(resolver.succeed(1), false);
  const outcome = yield* future.outcome;
  assert(outcome._tag === "Cancelled");
  assert.equal(outcome.cancellation.scope, "future");
});

Deno.test("a future belongs to no run: it may be settled and awaited anywhere", async () => {
  const { future, resolver } = Future.make<string>();
  const inRun = run(future);
  const outside = Effect.runPromise(future);
  resolver.succeed("both");
  assert.deepEqual(await Promise.all([inRun, outside]), ["both", "both"]);
});

Deno.test("a future is not thenable: handing one out of an async function does not wait", async () => {
  const { future } = Future.make<string>();
  assert.equal("then" in future, false);
  assert.equal(await (async () => await Promise.resolve(future))(), future);
});

Deno.test("Future.promise() rejects as run() does", async () => {
  const one = Future.make<never, Error>();
  const error = new Error("E");
  one.resolver.fail(error);
  await assert.rejects(one.future.promise(), (it) => it === error);

  const cancelled = Future.make();
  const waiting = cancelled.future.promise();
  cancelled.future.cancel();
  await assert.rejects(waiting, Cancelled);

  await run(nursery(async (n: Nursery<string>) => {
    const several = n.startSoon(() =>
      nursery(function* (inner: Nursery<string>) {
        inner.startSoon(Effect.fail("a"));
        inner.startSoon(Effect.fail("b"));
        yield* sleepForever;
      })
    );
    await assert.rejects(several.promise(), ErrorGroup);
  }, { onChildFailure: "isolate" }));
});

virtualTest(
  "Future.fromPromise() is eager, and a promise of the host as a future",
  function* () {
    let called = false;
    const future = Future.fromPromise(() => {
      called = true;
      return Promise.resolve("value");
    });
    assert.equal(called, true);
    assert.equal(future.status, "running");
    assert.equal(yield* future, "value");
  },
);

virtualTest(
  "Future.fromPromise() types a rejection, or makes a defect of it",
  function* () {
    const rejected = () => Promise.reject(new Error("404"));
    const typed = Future.fromPromise(rejected, {
      catch: () => "missing" as const,
    });
    assert.equal(yield* Effect.flip(typed), "missing");
    const defect = yield* Effect.exit(Future.fromPromise(rejected));
    assert(Exit.hasDies(defect));
    const thrown = yield* Effect.exit(Future.fromPromise(() => {
      throw new Error("at once");
    }));
    assert(Exit.hasDies(thrown));
    const inCatch = yield* Effect.exit(Future.fromPromise(rejected, {
      catch: () => {
        throw new Error("in catch");
      },
    }));
    assert(Exit.hasDies(inCatch));
  },
);

virtualTest(
  "Future.fromPromise(): cancel() aborts the signal and waits, or lets go",
  function* () {
    const heeds = (signal: AbortSignal) =>
      new Promise<never>((_, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason))
      );
    const waits = Future.fromPromise(heeds);
    waits.cancel("why");
    assert.equal(waits.status, "cancelling");
    const outcome = yield* waits.outcome;
    assert(outcome._tag === "Cancelled");
    assert.deepEqual(outcome.cancellation.reason, {
      _tag: "Explicit",
      message: "why",
    });

    const abandoned = Future.fromPromise(() => new Promise(() => {}), {
      onCancel: "abandon",
    });
    abandoned.cancel();
    assert.equal(abandoned.status, "cancelled");
    // It is no work in flight any more: the clock may move.
    yield* sleep(5);
  },
);

virtualTest(
  "Future.fromPromise(): a listener that throws is reported and changes nothing",
  function* () {
    const reported: unknown[] = [];
    const { error } = console;
    console.error = (...args) => reported.push(args);
    try {
      const future = Future.fromPromise((signal) =>
        new Promise<string>((resolve) =>
          signal.addEventListener("abort", () => {
            resolve("came anyway");
            throw new Error("listener");
          })
        )
      );
      future.cancel();
      assert.equal(yield* future, "came anyway");
    } finally {
      console.error = error;
    }
    assert.equal(reported.length, 1);
  },
);
