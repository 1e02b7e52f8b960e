import assert from "node:assert/strict";
import {
  cancelScope,
  moveOnAfter,
  now,
  nursery,
  race,
  run,
  shieldedCheckpoint,
  sleep,
  sleepForever,
} from "espalier";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Option from "effect/Option";
import * as Schedule from "effect/Schedule";
import fc from "fast-check";
import { stopAtEveryStep } from "../../src/testing/_injection.ts";
import { virtualRun, virtualTest } from "../support/virtual_test.ts";
import {
  after,
  dyingInCleanup,
  failAfter,
  failuresOf,
  Gauge,
  slowToCleanUp,
} from "./support/bodies.ts";

virtualTest("race() answers with the first success", function* () {
  const winner = yield* race([after(30, "c"), after(10, "a"), after(20, "b")]);

  assert.equal(winner, "a");
});

virtualTest("race() takes bodies of every kind", function* () {
  const winner = yield* race([
    sleepForever,
    function* () {
      yield* sleepForever;
      return "generator";
    },
    () => Promise.resolve("async"),
  ]);

  assert.equal(winner, "async");
});

virtualTest(
  "race() starts bodies in order, and the first of two in one turn wins",
  function* () {
    const started: string[] = [];
    const body = (name: string) =>
      Effect.sync(() => {
        started.push(name);
        return name;
      });

    const winner = yield* race([body("a"), body("b")]);

    assert.equal(winner, "a");
    assert.deepEqual(started, ["a", "b"]);
  },
);

virtualTest("race() ends after the losers have cleaned up", function* () {
  const trail: string[] = [];

  const winner = yield* race([after(1, "quick"), slowToCleanUp(trail)]);

  assert.equal(winner, "quick");
  assert.deepEqual(trail, ["cleaned up"]);
  assert.equal(now(), 6);
});

virtualTest("race() tells the losers who has won", function* () {
  const told: string[] = [];
  const listening = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => {
      signal.addEventListener("abort", () => {
        told.push(signal.reason.explain());
        reject(signal.reason);
      });
    });

  yield* race([listening, Effect.succeed("quick")]);

  assert.match(
    told[0]!,
    /^scope "race" was cancelled by "main" .* "body 2 of 2 has won";/,
  );
});

virtualTest(
  "race() reads its bodies when it is called, so that it can run again",
  function* () {
    const raced = race(function* () {
      yield Effect.succeed("first");
    }());

    assert.deepEqual([yield* raced, yield* raced], ["first", "first"]);
  },
);

virtualTest("race() ignores a failure before the first success", function* () {
  const winner = yield* race([
    failAfter(1, "unreachable"),
    Effect.die("broken"),
    () => Promise.reject(new Error("no route")),
    after(10, "last hope"),
  ]);

  assert.equal(winner, "last hope");
});

virtualTest("race() ignores a failure in the turn of the winner", function* () {
  const winner = yield* race([
    Effect.succeed("first"),
    Effect.die("a moment later"),
    () => Promise.reject(new Error("no route")),
  ]);

  assert.equal(winner, "first");
});

Deno.test("race() fails with all when all have failed, in order", async () => {
  const failures = await failuresOf(race([
    failAfter(20, "late"),
    failAfter(10, "early"),
    Effect.andThen(sleep(15), Effect.die("between")),
  ]));

  assert.deepEqual(failures, [
    "Fail early main/task-1",
    "Die between main/task-2",
    "Fail late main/task-0",
  ]);
});

Deno.test("race() fails when the cleanup of a loser dies, although somebody has won", async () => {
  const failures = await failuresOf(
    race([after(1, "quick"), dyingInCleanup("spilt")]),
  );

  assert.deepEqual(failures, ["Die spilt main/task-1"]);
});

Deno.test("race() fails when an async loser rejects with something else than its reason", async () => {
  const spilling = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => {
      signal.addEventListener("abort", () => reject(new Error("spilt")));
    });

  const failures = await failuresOf(race([Effect.succeed("quick"), spilling]));

  assert.deepEqual(failures, ["Die Error main/spilling"]);
});

virtualTest(
  "race() ignores a typed failure of a loser that was cancelled",
  function* () {
    const winner = yield* race([
      after(1, "quick"),
      Effect.onInterrupt(Effect.never, () => Effect.fail("late")),
    ]);

    assert.equal(winner, "quick");
  },
);

Deno.test("race() fails with TaskCancelled where every body was cancelled on its own", async () => {
  assert.deepEqual(
    await failuresOf(race([Effect.interrupt, Effect.interrupt])),
    ["Die TaskCancelled main", "Die TaskCancelled main"],
  );
});

virtualTest(
  "race() goes on without a body that was cancelled on its own",
  function* () {
    const winner = yield* race([Effect.interrupt, after(1, "other")]);

    assert.equal(winner, "other");
  },
);

virtualTest("race() of one is that one", function* () {
  assert.equal(yield* race([after(1, "only")]), "only");
  assert.equal(yield* Effect.flip(race([failAfter(1, "only")])), "only");
});

Deno.test("race() refuses to race nobody", () => {
  assert.throws(() => race([]), {
    name: "RangeError",
    message: "Cannot race: there are no bodies, so none can win",
  });
});

Deno.test("race() refuses what cannot be iterated over", () => {
  for (const bodies of [undefined, null, 1, {}, Effect.void]) {
    assert.throws(() => race(bodies as never), TypeError);
  }
});

virtualTest(
  "race() is a cancel point also where nobody waits (R19)",
  function* () {
    const gauge = new Gauge();

    const answer = yield* cancelScope((scope) => {
      scope.cancel();
      return race([gauge.around(Effect.succeed(1))]);
    });

    assert.ok(Option.isNone(answer));
    assert.equal(gauge.entered, 0);
  },
);

virtualTest(
  "race() is a schedule point also where nobody waits (R19)",
  function* () {
    const trail: string[] = [];
    yield* nursery(function* (n) {
      n.startSoon(Effect.sync(() => trail.push("other")));
      yield* race([Effect.succeed(1)]);
      trail.push("raced");
    });

    assert.deepEqual(trail, ["other", "raced"]);
  },
);

virtualTest(
  "race() cancels everybody when its caller is cancelled, and waits",
  function* () {
    const trail: string[] = [];

    const answer = yield* moveOnAfter(
      10,
      race([slowToCleanUp(trail, "a", 1), slowToCleanUp(trail, "b", 2)]),
    );

    assert.ok(Option.isNone(answer));
    assert.deepEqual(trail, ["a", "b"]);
  },
);

virtualTest(
  "race() that is cancelled is only cancelled, whoever had lost before",
  function* () {
    const answer = yield* moveOnAfter(
      10,
      race([failAfter(1, "lost"), sleepForever]),
    );

    assert.ok(Option.isNone(answer));
  },
);

Deno.test("race() keeps a defect in a cleanup when its caller is cancelled", async () => {
  const failures = await failuresOf(
    moveOnAfter(10, race([failAfter(1, "lost"), dyingInCleanup("spilt")])),
  );

  assert.deepEqual(failures, ["Die spilt main/task-1"]);
});

virtualTest(
  "race() that is cancelled while the losers clean up keeps its winner (R13)",
  function* () {
    const trail: string[] = [];

    const outer = yield* moveOnAfter(3, function* () {
      const winner = yield* race([after(1, "quick"), slowToCleanUp(trail)]);
      trail.push(`${winner} at ${now()}`);
      yield* sleepForever;
    });

    assert.ok(Option.isNone(outer));
    assert.deepEqual(trail, ["cleaned up", "quick at 6"]);
  },
);

virtualTest(
  "race() works under Effect.timeout, Effect.retry and Effect.raceFirst",
  function* () {
    let attempts = 0;
    const flaky = Effect.suspend(() =>
      ++attempts < 3 ? Effect.fail("flaky") : Effect.succeed(attempts)
    );
    const gauge = new Gauge();
    const stuck = race([
      gauge.around(sleepForever),
      gauge.around(sleepForever),
    ]);

    const retried = yield* Effect.retry(race([flaky]), Schedule.spaced(1));
    const late = yield* Effect.exit(Effect.timeout(stuck, 10));
    const other = yield* Effect.raceFirst(stuck, after(1, "other"));

    assert.equal(retried, 3);
    assert.ok(Exit.isFailure(late));
    assert.equal(other, "other");
    assert.deepEqual([gauge.entered, gauge.inside], [4, 0]);
  },
);

Deno.test("race() works where Effect runs it", async () => {
  assert.equal(await Effect.runPromise(race([Effect.succeed(1)])), 1);
});

Deno.test("race() leaves nobody running, wherever it is stopped", async () => {
  const performances = await run(stopAtEveryStep(({ startVictim }) => {
    const gauge = new Gauge();
    const body = gauge.around(
      Effect.andThen(shieldedCheckpoint, shieldedCheckpoint),
    );
    startVictim(Effect.exit(race([
      body,
      gauge.around(sleepForever),
      Effect.andThen(body, Effect.fail("lost")),
    ])));
    return Effect.sync(() => assert.equal(gauge.inside, 0));
  }));

  assert.ok(performances > 20);
});

Deno.test("race() obeys its model, whatever the bodies do", async () => {
  const body = fc.record({
    ms: fc.integer({ min: 1, max: 20 }),
    ends: fc.constantFrom("wins", "fails", "dies"),
    dirty: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(body, { minLength: 1, maxLength: 6 }),
      async (bodies) => {
        const gauge = new Gauge();
        const effects = bodies.map(({ ms, ends, dirty }, at) => {
          const end = ends === "wins"
            ? Effect.succeed(at)
            : ends === "fails"
            ? Effect.fail(at)
            : Effect.die(at);
          return gauge.around(Effect.onInterrupt(
            Effect.andThen(sleep(ms), end),
            () => dirty ? Effect.die("dirty") : Effect.void,
          ));
        });

        const exit = await virtualRun(() => Effect.exit(race(effects)));

        assert.equal(gauge.inside, 0);
        const inTime = [...bodies.entries()]
          .toSorted(([, a], [, b]) => a.ms - b.ms);
        const winner = inTime.find(([, { ends }]) => ends === "wins");
        if (winner === undefined) {
          assert.ok(Exit.isFailure(exit));
          assert.deepEqual(
            exit.cause.reasons.map((reason) =>
              reason._tag === "Fail"
                ? ["fails", reason.error]
                : ["dies", reason._tag === "Die" && reason.defect]
            ),
            inTime.map(([at, { ends }]) => [ends, at]),
          );
          return;
        }
        // What is due at the moment of the winner ends in its turn.
        const dirty = bodies.filter((it) => it.dirty && it.ms > winner[1].ms);
        if (dirty.length === 0) assert.deepEqual(exit, Exit.succeed(winner[0]));
        else {
          assert.ok(Exit.isFailure(exit));
          assert.equal(exit.cause.reasons.length, dirty.length);
        }
      },
    ),
    { numRuns: 200 },
  );
});

Deno.test("race() has exact types", () => {
  const bad: Effect.Effect<string, "bad"> = Effect.succeed("x");
  const worse: Effect.Effect<number, "worse", "Port"> = Effect.fail("worse");

  const raced = race([bad, worse, () => Promise.resolve(true)]);
  is<Effect.Effect<string | number | boolean, "bad" | "worse", "Port">>(raced);
  // @ts-expect-error it may be a boolean
  is<Effect.Effect<string | number, "bad" | "worse", "Port">>(raced);
  // @ts-expect-error "worse" is lacking
  is<Effect.Effect<string | number | boolean, "bad", "Port">>(raced);
  // @ts-expect-error it needs a service
  is<Effect.Effect<string | number | boolean, "bad" | "worse">>(raced);
});

/** Accepts only what has the type. */
function is<T>(value: T): void {
  assert.ok(Effect.isEffect(value));
}
