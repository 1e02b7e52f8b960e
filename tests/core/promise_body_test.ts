import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Option from "effect/Option";
import {
  Cancelled,
  CancelScope,
  cancelScope,
  checkpoint,
  fromPromise,
  nursery,
  run,
  runExit,
  sleep,
  sleepForever,
} from "espalier";
import { scopeTest, virtualTest } from "../support/virtual_test.ts";

Deno.test("an async body that rejects is a defect that holds the rejected value itself", async () => {
  for (const rejected of [undefined, null, "text", 0, new Error("E"), {}]) {
    const exit = await runExit(() => Promise.reject(rejected));
    assert(Exit.isFailure(exit));
    const [reason, ...others] = exit.cause.reasons;
    assert.deepEqual(others, []);
    assert(reason?._tag === "Die");
    assert.equal(reason.defect, rejected);
  }
});

Deno.test("run() of an async body that rejects with undefined rejects with undefined", async () => {
  const settled = await Promise.allSettled([
    run(() => Promise.reject(undefined)),
  ]);
  assert.deepEqual(settled, [{ status: "rejected", reason: undefined }]);
});

Deno.test("a body that throws synchronously is a defect", async () => {
  const error = new Error("at once");
  await assert.rejects(
    run(() => {
      throw error;
    }),
    (it) => it === error,
  );
});

scopeTest(
  "a scope waits for its async body to settle, and its signal says why (R15)",
  function* () {
    const trail: string[] = [];
    const scope = new CancelScope();
    const { promise: released, resolve: release } = Promise.withResolvers<
      void
    >();
    yield* nursery(function* (n) {
      n.startSoon(function* () {
        const answer = yield* scope.run(async (_, signal) => {
          await new Promise((resolve) =>
            signal.addEventListener("abort", resolve)
          );
          assert.equal(signal.reason, scope.cancellation);
          trail.push("aborted");
          await released;
          trail.push("settled");
          throw signal.reason;
        });
        trail.push(answer._tag);
      });
      yield* checkpoint;
      scope.cancel();
      yield* checkpoint;
      assert.deepEqual(trail, ["aborted"]);
      release();
    });
    assert.deepEqual(trail, ["aborted", "settled", "None"]);
  },
);

scopeTest(
  "an async body that resolves after its scope was cancelled has succeeded (R15, R31)",
  function* () {
    const answer = yield* cancelScope(async (scope) => {
      scope.cancel();
      await Promise.resolve();
      return "value";
    });
    assert.deepEqual(answer, Option.some("value"));
  },
);

scopeTest(
  "a rejection with the signal's reason or an AbortError is the cancellation arriving",
  function* () {
    const rejections = [
      (signal: AbortSignal) => signal.reason,
      () => new DOMException("aborted", "AbortError"),
      () => Object.assign(new Error("aborted"), { name: "AbortError" }),
    ];
    for (const rejection of rejections) {
      const scope = new CancelScope();
      const answer = yield* scope.run(async (scope, signal) => {
        scope.cancel();
        await Promise.resolve();
        throw rejection(signal);
      });
      assert.deepEqual(answer, Option.none());
      assert.equal(scope.cancelledCaught, true);
    }
  },
);

scopeTest("any other rejection of a cancelled body is kept", function* () {
  const exit = yield* Effect.exit(cancelScope(async (scope) => {
    scope.cancel();
    await Promise.resolve();
    throw new Error("cleanup went wrong");
  }));
  assert(Exit.hasDies(exit));
});

scopeTest(
  "an AbortError of a body that nobody cancelled is a defect",
  function* () {
    const exit = yield* Effect.exit(
      cancelScope(() =>
        Promise.reject(new DOMException("from elsewhere", "AbortError"))
      ),
    );
    assert(Exit.hasDies(exit));
  },
);

scopeTest("a shield keeps the signal of an async body quiet", function* () {
  const inner = new CancelScope({ shield: true });
  const trail: boolean[] = [];
  yield* cancelScope((outer) =>
    inner.run(async (_, signal) => {
      outer.cancel();
      await Promise.resolve();
      trail.push(signal.aborted);
    })
  );
  assert.deepEqual(trail, [false]);
});

scopeTest(
  "Effect.timeout around an async body aborts its signal and waits for it",
  function* () {
    const trail: string[] = [];
    const heeds = cancelScope(async (_, signal) => {
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      trail.push(`aborted: ${signal.reason.explain()}`);
      throw signal.reason;
    });
    const late = yield* Effect.raceFirst(
      Effect.as(heeds, "came"),
      Effect.as(checkpoint, "late"),
    );
    assert.equal(late, "late");
    assert.equal(trail.length, 1);
    assert.match(trail[0]!, /interrupted by Effect/);
  },
);

virtualTest(
  "a thenable that throws, or calls back twice, is a promise like any other",
  function* () {
    const throws = {
      then(): never {
        throw new Error("bad then");
      },
    };
    const exit = yield* Effect.exit(
      cancelScope(() => throws as unknown as Promise<void>),
    );
    assert(Exit.hasDies(exit));
    const twice = {
      then(resolve: (value: string) => void, reject: (error: Error) => void) {
        resolve("first");
        resolve("second");
        reject(new Error("third"));
      },
    };
    const answer = yield* cancelScope(() =>
      twice as unknown as Promise<string>
    );
    assert.deepEqual(answer, Option.some("first"));
    // Nothing is left in flight: the clock may move.
    yield* sleep(1);
  },
);

scopeTest(
  "fromPromise() waits, types its failure, and hands over a signal",
  function* () {
    assert.equal(yield* fromPromise(() => Promise.resolve("value")), "value");
    const error = yield* Effect.flip(
      fromPromise(() => Promise.reject("404"), {
        catch: (rejected) => ({ rejected }),
      }),
    );
    assert.deepEqual(error, { rejected: "404" });
    const defects = [
      fromPromise(() => Promise.reject("404")),
      fromPromise(() => {
        throw new Error("at once");
      }),
      fromPromise(() => Promise.reject("404"), {
        catch: () => {
          throw new Error("in catch");
        },
      }),
    ];
    for (const defect of defects) {
      assert(Exit.hasDies(yield* Effect.exit(defect)));
    }
  },
);

scopeTest(
  "fromPromise() of a cancelled task aborts its signal with the Cancellation and waits",
  function* () {
    const trail: string[] = [];
    const scope = new CancelScope({ name: "fetch" });
    yield* nursery(function* (n) {
      n.startSoon(() =>
        scope.run(() =>
          fromPromise(async (signal) => {
            await new Promise((resolve) =>
              signal.addEventListener("abort", resolve)
            );
            trail.push(signal.reason.scope);
            await new Promise((resolve) => setTimeout(resolve, 0));
            trail.push("settled");
            throw signal.reason;
          })
        )
      );
      yield* checkpoint;
      scope.cancel();
    });
    assert.deepEqual(trail, ["fetch", "settled"]);
    assert.equal(scope.cancelledCaught, true);
  },
);

scopeTest(
  "fromPromise() of a task that is cancelled already calls nobody (R14)",
  function* () {
    const answer = yield* cancelScope(function* (scope) {
      scope.cancel();
      yield* fromPromise(() => assert.fail("called"));
    });
    assert.deepEqual(answer, Option.none());
  },
);

scopeTest(
  "fromPromise() that abandons lets go at once, and a late rejection makes no noise",
  function* () {
    const { promise, reject } = Promise.withResolvers<void>();
    const scope = new CancelScope();
    const trail: string[] = [];
    yield* nursery(function* (n) {
      n.startSoon(function* () {
        const abandons = fromPromise(() => promise, { onCancel: "abandon" });
        trail.push((yield* scope.run(abandons))._tag);
      });
      yield* checkpoint;
      scope.cancel();
      yield* checkpoint;
      yield* checkpoint;
      assert.deepEqual(trail, ["None"]);
      // It is no work in flight any more: the clock may move.
      yield* sleep(1);
    });
    reject(new Error("nobody listens"));
    yield* Effect.promise(() =>
      new Promise((resolve) => setTimeout(resolve, 0))
    );
  },
);

Deno.test("a cancellation survives the way out through a signal and back as a rejection", async () => {
  const scope = new CancelScope({ name: "mine" });
  await run(nursery(function* (n) {
    n.startSoon(function* () {
      const answer = yield* scope.run((_, signal) =>
        nursery(function* (inner) {
          // Handed to somebody else's promise, which rejects with what it got.
          const foreign = inner.startSoon(async () => {
            await new Promise((_, reject) =>
              signal.addEventListener("abort", () => reject(signal.reason))
            );
          });
          const outcome = yield* foreign.outcome;
          assert.fail(`unreachable: ${outcome._tag}`);
        })
      );
      assert.deepEqual(answer, Option.none());
    });
    yield* checkpoint;
    yield* checkpoint;
    scope.cancel("why");
  }));
  assert.equal(scope.cancelledCaught, true);
});

scopeTest(
  "an async body that awaits a task which is cancelled with it is cancelled too",
  function* () {
    const scope = new CancelScope();
    const trail: string[] = [];
    yield* nursery(function* (n) {
      n.startSoon(function* () {
        const answer = yield* scope.run(() =>
          nursery(async (inner) => {
            await inner.startSoon(sleepForever).promise();
          })
        );
        trail.push(answer._tag);
      });
      yield* sleep(1);
      scope.cancel();
    });
    assert.deepEqual(trail, ["None"]);
  },
);

Deno.test("an async body that awaits a task which was cancelled alone fails with Cancelled", async () => {
  await assert.rejects(
    run(nursery(async (n) => {
      const child = n.startSoon(sleepForever);
      child.cancel();
      await child.promise();
    })),
    Cancelled,
  );
});
