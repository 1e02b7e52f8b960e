import assert from "node:assert/strict";
import {
  cancelScope,
  Future,
  gather,
  moveOnAfter,
  now,
  type Nursery,
  nursery,
  run,
  shieldedCheckpoint,
  sleep,
  sleepForever,
  waitFor,
} from "espalier";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import fc from "fast-check";
import { stopAtEveryStep } from "../../src/testing/_injection.ts";
import { virtualRun, virtualTest } from "../support/virtual_test.ts";
import { after, failAfter } from "./support/bodies.ts";

const POLICIES = ["first", "first-failure", "all"] as const;

virtualTest(
  "waitFor() until the first: whoever ends, however it does",
  function* () {
    yield* isolated(function* (n) {
      const slow = n.startSoon(after(30, "slow"));
      const bad = n.startSoon(failAfter(10, "bad"));
      const never = n.startSoon(sleepForever);

      const waited = yield* waitFor([slow, bad, never], { until: "first" });

      assert.equal(now(), 10);
      assert.deepEqual(waited, { done: [bad], pending: [slow, never] });
      never.cancel();
    });
  },
);

virtualTest(
  "waitFor() until the first failure, or until all where there is none",
  function* () {
    yield* isolated(function* (n) {
      const good = n.startSoon(after(5, "good"));
      const bad = n.startSoon(failAfter(10, "bad"));
      const late = n.startSoon(after(20, "late"));

      const waited = yield* waitFor([good, bad, late], {
        until: "first-failure",
      });
      assert.equal(now(), 10);
      assert.deepEqual(waited, { done: [good, bad], pending: [late] });

      const all = yield* waitFor([good, late], { until: "first-failure" });
      assert.equal(now(), 20);
      assert.deepEqual(all, { done: [good, late], pending: [] });
    });
  },
);

virtualTest(
  "waitFor() until all: also those that fail or are cancelled",
  function* () {
    yield* isolated(function* (n) {
      const bad = n.startSoon(failAfter(10, "bad"));
      const gone = n.startSoon(sleepForever);
      const good = n.startSoon(after(20, "good"));
      n.startSoon(Effect.andThen(sleep(15), Effect.sync(() => gone.cancel())));

      const waited = yield* waitFor([gone, good, bad], { until: "all" });

      assert.equal(now(), 20);
      assert.deepEqual(waited, { done: [gone, good, bad], pending: [] });
    });
  },
);

virtualTest(
  "waitFor() does not take a cancelled future for a failed one",
  function* () {
    yield* isolated(function* (n) {
      const gone = n.startSoon(sleepForever);
      const good = n.startSoon(after(20, "good"));
      gone.cancel();

      yield* waitFor([gone, good], { until: "first-failure" });

      assert.equal(now(), 20);
    });
  },
);

virtualTest(
  "waitFor() answers in the order given, and more than one that is done",
  function* () {
    const made = ["a", "b", "c"].map(() => Future.make<void>());
    const [a, b, c] = made.map(({ future }) => future);
    made[2]!.resolver.succeed();
    made[0]!.resolver.succeed();

    const waited = yield* waitFor([c!, b!, a!], { until: "first" });

    assert.deepEqual(waited, { done: [c, a], pending: [b] });
  },
);

virtualTest(
  "waitFor() answers with what is done when its caller goes on",
  function* () {
    const first = Future.make<void>();
    const second = Future.make<void>();
    const waiting = waitFor([first.future, second.future], { until: "first" });

    const [waited] = yield* gather([
      waiting,
      Effect.sync(() => {
        first.resolver.succeed();
        second.resolver.succeed();
      }),
    ]);

    assert.equal(waited.done.length, 2);
  },
);

virtualTest("waitFor() counts a future as often as it is given", function* () {
  const { future, resolver } = Future.make<void>();
  const waiting = waitFor([future, future], { until: "all" });

  const [waited] = yield* gather([
    waiting,
    Effect.sync(() => resolver.succeed()),
  ]);

  assert.deepEqual(waited, { done: [future, future], pending: [] });
});

virtualTest("waitFor() cancels nobody", function* () {
  yield* nursery(function* (n) {
    const slow = n.startSoon(after(20, "slow"));
    yield* moveOnAfter(10, waitFor([slow], { until: "all" }));

    assert.equal(yield* slow, "slow");
  });
});

Deno.test("waitFor() takes no failure: a nursery that isolates still reports it", async () => {
  const waits = nursery(function* (n) {
    const bad = n.startSoon(Effect.die("nobody took it"));
    yield* waitFor([bad], { until: "all" });
  }, { onChildFailure: "isolate" });

  await assert.rejects(
    virtualRun(() => waits),
    (thrown) => thrown === "nobody took it",
  );
});

for (const until of POLICIES) {
  virtualTest(
    `waitFor() until ${until} of nothing answers, and is a checkpoint (R19)`,
    function* () {
      const trail: string[] = [];
      yield* nursery(function* (n) {
        n.startSoon(Effect.sync(() => trail.push("other")));
        const waited = yield* waitFor([], { until });
        trail.push("waited");
        assert.deepEqual(waited, { done: [], pending: [] });
      });
      assert.deepEqual(trail, ["other", "waited"]);

      const cancelled = yield* cancelScope((scope) => {
        scope.cancel();
        return waitFor([], { until });
      });
      assert.ok(Option.isNone(cancelled));
    },
  );

  virtualTest(
    `waitFor() until ${until} of what is done is a checkpoint (R19)`,
    function* () {
      const { future, resolver } = Future.make<never, string>();
      resolver.fail("bad");
      const trail: string[] = [];
      yield* nursery(function* (n) {
        n.startSoon(Effect.sync(() => trail.push("other")));
        yield* waitFor([future], { until });
        trail.push("waited");
      });
      assert.deepEqual(trail, ["other", "waited"]);

      const cancelled = yield* cancelScope((scope) => {
        scope.cancel();
        return waitFor([future], { until });
      });
      assert.ok(Option.isNone(cancelled));
    },
  );
}

Deno.test("waitFor() refuses another policy", () => {
  for (const until of ["last", undefined, "toString"]) {
    assert.throws(() => waitFor([], { until: until as "all" }), {
      name: "TypeError",
      message: "Cannot wait for futures: 'until' must be \"first\", " +
        `"first-failure" or "all": received ${until && `"${until}"`}`,
    });
  }
});

Deno.test("waitFor() refuses what cannot be iterated over", () => {
  assert.throws(() => waitFor(1 as never, { until: "all" }), TypeError);
});

virtualTest("waitFor() listens to what it waits for", function* () {
  const made = Future.make<void>();
  const waiting = waitFor([made.future, made.future], { until: "all" });

  const [, listeners] = yield* gather([
    waiting,
    Effect.sync(() => listenersOf(made)),
  ]);

  assert.equal(listeners, 2);
});

virtualTest("waitFor() leaves no trace on what is still pending", function* () {
  const first = Future.make<void>();
  const watched = Future.make<void>();
  const waiting = waitFor([first.future, watched.future], { until: "first" });
  const [cancelled] = yield* gather([
    moveOnAfter(1, waitFor([watched.future], { until: "all" })),
    waiting,
    Effect.sync(() => first.resolver.succeed()),
  ]);

  assert.ok(Option.isNone(cancelled));
  assert.equal(listenersOf(watched), 0);
});

Deno.test("waitFor() leaves no trace, wherever it is stopped", async () => {
  const performances = await run(stopAtEveryStep((stage) => {
    const { nursery: n, startVictim } = stage;
    const { future, resolver } = Future.make<void>();
    const other = Future.make<void>();
    n.startSoon(
      Effect.andThen(
        Effect.andThen(shieldedCheckpoint, shieldedCheckpoint),
        Effect.sync(() => resolver.succeed()),
      ),
    );
    startVictim(waitFor([future, other.future], { until: "first" }));
    return Effect.sync(() => assert.equal(listenersOf(other), 0));
  }));

  assert.ok(performances > 10);
});

virtualTest(
  "waitFor() works under Effect.timeout and Effect.race",
  function* () {
    const made = Future.make<void>();
    const waiting = waitFor([made.future], { until: "all" });

    const late = yield* Effect.timeoutOption(waiting, 10);
    const raced = yield* Effect.race(waiting, after(1, "other"));

    assert.ok(Option.isNone(late));
    assert.equal(raced, "other");
    assert.equal(listenersOf(made), 0);
  },
);

Deno.test("waitFor() obeys its model, whatever the futures do", async () => {
  const child = fc.record({
    ms: fc.integer({ min: 0, max: 10 }),
    ends: fc.constantFrom("succeeded", "failed", "cancelled", "pending"),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(child, { minLength: 1, maxLength: 6 }),
      fc.constantFrom(...POLICIES),
      async (children, until) => {
        const ends = (state: string) =>
          children.filter((it) => it.ends === state).map(({ ms }) => ms);
        const ended = children.filter((it) => it.ends !== "pending")
          .map(({ ms }) => ms);
        const isAll = ended.length === children.length;
        const failed = ends("failed");
        const due = until === "first"
          ? Math.min(...ended)
          : until === "first-failure" && failed.length > 0
          ? Math.min(...failed)
          : isAll
          ? Math.max(...ended)
          : Infinity;

        await virtualRun(() =>
          isolated(function* (n) {
            const futures = children.map(({ ms, ends }) =>
              n.startSoon(Effect.andThen(
                sleep(ms),
                ends === "failed"
                  ? Effect.fail("bad")
                  : ends === "cancelled"
                  ? Effect.interrupt
                  : ends === "pending"
                  ? sleepForever
                  : Effect.void,
              ))
            );
            const waited = yield* moveOnAfter(
              100,
              waitFor(futures, { until }),
            );

            assert.equal(now(), due === Infinity ? 100 : due);
            assert.equal(Option.isSome(waited), due < Infinity);
            if (Option.isSome(waited)) {
              const { done, pending } = waited.value;
              const isIn = (list: Iterable<unknown>) => (it: unknown) =>
                [...list].includes(it);
              assert.deepEqual(futures.filter(isIn(done)), [...done]);
              assert.deepEqual(futures.filter(isIn(pending)), [...pending]);
              assert.equal(
                [...done].length + [...pending].length,
                futures.length,
              );
            }
            for (const future of futures) future.cancel();
          })
        );
      },
    ),
    { numRuns: 200 },
  );
});

Deno.test("waitFor() has exact types", () => {
  const numbers: Future<number, "bad">[] = [];
  const strings: Future<string>[] = [];

  const waited = waitFor([...numbers, ...strings], { until: "all" });
  is<
    Effect.Effect<{
      readonly done: Iterable<Future<number, "bad"> | Future<string>>;
      readonly pending: Iterable<Future<number, "bad"> | Future<string>>;
    }>
  >(waited);
  // @ts-expect-error some of them are strings
  is<Effect.Effect<{ readonly done: Iterable<Future<number, "bad">> }>>(waited);
  // @ts-expect-error there is no such policy
  assert.throws(() => waitFor([], { until: "last" }));
  // @ts-expect-error it takes options
  assert.throws(() => waitFor([]));
  // @ts-expect-error an Effect is no future
  assert.throws(() => waitFor([Effect.void], { until: "all" }), TypeError);
});

/** A nursery whose children may fail without consequences. */
function isolated(
  body: (
    n: Nursery<string>,
  ) => Generator<Effect.Effect<unknown>, void, never>,
): Effect.Effect<void> {
  return Effect.ignore(
    nursery((n: Nursery<string>) => body(n), {
      onChildFailure: "isolate",
    }),
  );
}

type Made = ReturnType<typeof Future.make<void>>;

/** Settles a future, and counts whom it tells. */
function listenersOf({ resolver }: Made): number {
  const { forEach } = Set.prototype;
  let told = 0;
  Set.prototype.forEach = function (...args) {
    told += this.size;
    forEach.apply(this, args);
  };
  try {
    assert.ok(resolver.succeed());
  } finally {
    Set.prototype.forEach = forEach;
  }
  return told;
}

/** Accepts only what has the type. */
function is<T>(value: T): void {
  assert.ok(Effect.isEffect(value));
}
