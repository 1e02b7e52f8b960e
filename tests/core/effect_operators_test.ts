import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as Option from "effect/Option";
import {
  cancelScope,
  moveOnAfter,
  now,
  type Nursery,
  nursery,
  sleep,
  sleepForever,
} from "espalier";
import { scopeTest } from "../support/virtual_test.ts";

scopeTest(
  "Effect.timeout in a finalizer runs our operations although the scope is cancelled",
  function* () {
    const trail: unknown[] = [];
    yield* cancelScope((scope) =>
      Effect.ensuring(
        cancelAndWait(scope),
        Effect.gen(function* () {
          const slept = Effect.as(sleep(10), "slept");
          trail.push(yield* Effect.timeoutOption(slept, 100));
          trail.push(yield* Effect.timeoutOption(moveOnAfter(5, slept), 100));
          trail.push(yield* Effect.timeoutOption(moveOnAfter(50, slept), 5));
        }),
      )
    );

    assert.deepEqual(trail, [
      Option.some("slept"),
      Option.some(Option.none()),
      Option.none(),
    ]);
    assert.equal(now(), 20);
  },
);

scopeTest(
  "Effect.all in a finalizer runs our scopes although the scope is cancelled",
  function* () {
    const trail: unknown[] = [];
    yield* cancelScope((scope) =>
      Effect.ensuring(
        cancelAndWait(scope),
        Effect.gen(function* () {
          const slept = Effect.as(sleep(10), "slept");
          trail.push(
            ...yield* Effect.all([
              moveOnAfter(100, slept),
              moveOnAfter(5, slept),
            ], {
              concurrency: 2,
            }),
          );
        }),
      )
    );

    assert.deepEqual(trail, [Option.some("slept"), Option.none()]);
  },
);

function cancelAndWait(scope: { cancel(): void }): Effect.Effect<never> {
  return Effect.suspend(() => {
    scope.cancel();
    return sleepForever;
  });
}

scopeTest(
  "what follows a nursery in a fiber that Effect forked in a shielded region is shielded too",
  function* () {
    const trail: string[] = [];
    yield* moveOnAfter(5, () =>
      Effect.uninterruptible(Effect.timeoutOption(
        Effect.gen(function* () {
          yield* nursery(function* (n) {
            n.startSoon(sleep(10));
            yield* Effect.void;
          });
          yield* sleep(10);
          trail.push(`done at ${now()}`);
        }),
        1000,
      )));
    assert.deepEqual(trail, ["done at 20"]);
  },
);

scopeTest(
  "Effect.timeout around a scope, and a scope around Effect.timeout: the shorter one strikes",
  function* () {
    const slow = sleep(100);
    assert.deepEqual(
      yield* Effect.timeoutOption(moveOnAfter(50, slow), 5),
      Option.none(),
    );
    assert.deepEqual(
      yield* Effect.timeoutOption(moveOnAfter(5, slow), 50),
      Option.some(Option.none()),
    );
    assert.deepEqual(
      yield* moveOnAfter(5, Effect.timeoutOption(slow, 50)),
      Option.none(),
    );
    assert.deepEqual(
      yield* moveOnAfter(50, Effect.timeoutOption(slow, 5)),
      Option.some(Option.none()),
    );
    assert.equal(now(), 20);
  },
);

scopeTest(
  "Effect.race and Effect.all work inside a nursery, with our scopes as branches",
  function* () {
    const value = yield* Effect.race(
      Effect.as(moveOnAfter(5, sleepForever), "first"),
      Effect.as(sleep(10), "second"),
    );
    assert.equal(value, "first");
    const all = yield* Effect.all([
      moveOnAfter(5, sleepForever),
      moveOnAfter(50, Effect.as(sleep(10), "came")),
    ], { concurrency: "unbounded" });
    assert.deepEqual(all, [Option.none(), Option.some("came")]);
    assert.equal(now(), 15);
  },
);

scopeTest("a losing branch that is a nursery is waited for", function* () {
  const trail: string[] = [];
  yield* Effect.race(
    nursery(function* (n) {
      n.startSoon(Effect.ensuring(
        sleepForever,
        Effect.andThen(sleep(5), Effect.sync(() => trail.push("cleaned up"))),
      ));
      yield* sleepForever;
    }),
    sleep(1),
  );
  assert.deepEqual(trail, ["cleaned up"]);
});

scopeTest("no failure is lost between Effect.all and a nursery", function* () {
  const exit = yield* Effect.exit(Effect.all([
    nursery(function* (n: Nursery<string>) {
      n.startSoon(Effect.andThen(sleep(1), Effect.fail("a")));
      yield* sleepForever;
    }),
    Effect.ensuring(sleepForever, Effect.die("b")),
  ], { concurrency: 2 }));
  assert(Exit.isFailure(exit));
  const failures = exit.cause.reasons.flatMap((it) =>
    it._tag === "Interrupt" ? [] : [it._tag === "Fail" ? it.error : it.defect]
  );
  assert.deepEqual(new Set(failures), new Set(["a", "b"]));
});

scopeTest(
  "Effect.retry runs a nursery again, and a scope anew each time",
  function* () {
    let attempts = 0;
    const value = yield* Effect.retry(
      nursery(function* (n: Nursery<string>) {
        attempts++;
        n.startSoon(function* () {
          if (attempts < 3) yield* Effect.andThen(sleep(1), Effect.fail("E"));
        });
        yield* sleep(5);
        return attempts;
      }),
      { times: 5 },
    );
    assert.equal(value, 3);
    const twice = cancelScope(function* (scope) {
      assert.equal(scope.cancelCalled, false);
      scope.cancel();
      yield* sleep(1);
    });
    assert.deepEqual(yield* Effect.repeat(twice, { times: 2 }), Option.none());
  },
);

scopeTest(
  "acquireRelease around a nursery releases after its last child",
  function* () {
    const trail: string[] = [];
    yield* moveOnAfter(1, () =>
      Effect.scoped(Effect.gen(function* () {
        yield* Effect.acquireRelease(
          Effect.void,
          () => Effect.sync(() => trail.push("released")),
        );
        yield* nursery(function* (n) {
          n.startSoon(Effect.ensuring(
            sleepForever,
            Effect.andThen(sleep(5), Effect.sync(() => trail.push("child"))),
          ));
          yield* Effect.void;
        });
      })));
    assert.deepEqual(trail, ["child", "released"]);
  },
);

scopeTest(
  "Fiber.interrupt of a fiber that runs a nursery waits for its cleanup",
  function* () {
    const trail: string[] = [];
    const fiber = yield* Effect.forkChild(
      nursery(function* (n) {
        n.startSoon(Effect.ensuring(
          sleepForever,
          Effect.andThen(sleep(5), Effect.sync(() => trail.push("cleaned up"))),
        ));
        yield* sleepForever;
      }),
    );
    yield* sleep(1);
    yield* Fiber.interrupt(fiber);
    assert.deepEqual(trail, ["cleaned up"]);
    assert.equal(now(), 6);
  },
);

scopeTest(
  "a task whose fiber Effect interrupts counts as cancelled on its own",
  function* () {
    yield* nursery(function* (n) {
      const fibers: Fiber.Fiber<unknown, unknown>[] = [];
      const child = n.startSoon(Effect.withFiber((fiber) => {
        fibers.push(fiber);
        return sleepForever;
      }));
      yield* sleep(1);
      yield* Fiber.interrupt(fibers[0]!);
      assert.equal((yield* child.outcome)._tag, "Cancelled");
      assert.equal(n.cancelScope.cancelCalled, false);
    });
  },
);

scopeTest(
  "a fiber that Effect forked ends with its task at the latest",
  function* () {
    const trail: string[] = [];
    yield* nursery(function* (n) {
      n.startSoon(Effect.andThen(
        Effect.forkChild(
          Effect.onInterrupt(
            sleepForever,
            () => Effect.sync(() => trail.push(`fork ended at ${now()}`)),
          ),
          { startImmediately: true },
        ),
        sleep(5),
      ));
      yield* Effect.void;
    });
    assert.deepEqual(trail, ["fork ended at 5"]);
  },
);

scopeTest(
  "Effect.onInterrupt, onError and exit see our cancellations",
  function* () {
    const trail: string[] = [];
    yield* moveOnAfter(1, () =>
      sleepForever.pipe(
        Effect.onInterrupt(() => Effect.sync(() => trail.push("onInterrupt"))),
        Effect.onError(() => Effect.sync(() => trail.push("onError"))),
        Effect.catchCause(() => Effect.sync(() => trail.push("swallowed"))),
      ));
    assert.deepEqual(trail, ["onInterrupt", "onError"]);
  },
);

scopeTest(
  "a shield raised later keeps out the scopes around it, and still not Effect (R7)",
  function* () {
    const body = cancelScope((outer) =>
      cancelScope(function* (inner) {
        inner.shield = true;
        outer.cancel();
        yield* sleep(5);
        trail.push(`still there at ${now()}`);
        yield* sleep(100);
      })
    );
    const trail: string[] = [];
    yield* Effect.timeoutOption(body, 10);
    trail.push(`over at ${now()}`);
    assert.deepEqual(trail, ["still there at 5", "over at 10"]);
  },
);

scopeTest(
  "children under a shield raised later hear of Effect, although no scope reached them (R7, R27)",
  function* () {
    const trail: string[] = [];
    const child = Effect.onExit(
      sleep(100),
      () => Effect.sync(() => trail.push(`child ended at ${now()}`)),
    );
    const body = cancelScope((outer) =>
      nursery(function* (n) {
        n.cancelScope.shield = true;
        n.startSoon(child);
        outer.cancel();
        yield* Effect.void;
      })
    );
    yield* Effect.timeoutOption(body, 10);
    assert.deepEqual(trail, ["child ended at 10"]);
  },
);
