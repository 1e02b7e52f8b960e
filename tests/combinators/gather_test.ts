import assert from "node:assert/strict";
import {
  CancelScope,
  cancelScope,
  currentTask,
  failAfter as failTooLate,
  gather,
  moveOnAfter,
  now,
  type Nursery,
  nursery,
  race,
  run,
  shieldedCheckpoint,
  sleep,
  sleepForever,
  TaskCancelled,
} from "espalier";
import * as Context from "effect/Context";
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

virtualTest("gather() runs all bodies at once", function* () {
  yield* gather([sleep(2000), sleep(2000), sleep(2000)]);

  assert.equal(now(), 2000);
});

virtualTest("gather() answers a tuple with a tuple", function* () {
  const answer = yield* gather([after(1, "one"), Effect.succeed(2)]);

  assert.deepEqual(answer, ["one", 2]);
});

virtualTest("gather() answers a record with a record", function* () {
  const answer = yield* gather({
    one: after(1, "one"),
    two: () => Promise.resolve(2),
  });

  assert.deepEqual(answer, { one: "one", two: 2 });
});

virtualTest(
  "gather() keeps every own key of a record, __proto__ too",
  function* () {
    const bodies: Record<string, Effect.Effect<number>> = JSON.parse(
      `{ "__proto__": 1, "constructor": 2 }`,
      (key, value) => key === "" ? value : Effect.succeed(value),
    );

    const answer = yield* gather(bodies);

    assert.deepEqual(Object.entries(answer), [["__proto__", 1], [
      "constructor",
      2,
    ]]);
  },
);

virtualTest("gather() answers any other iterable with an array", function* () {
  const answer = yield* gather(new Set([after(2, "a"), after(1, "b")]));

  assert.deepEqual(answer, ["a", "b"]);
});

virtualTest(
  "gather() takes Effects, generators and async functions",
  function* () {
    const answer = yield* gather([
      Effect.succeed("effect"),
      function* () {
        yield* sleep(1);
        return "generator";
      },
      async () => {
        await Promise.resolve();
        return "async";
      },
      () => Effect.succeed("function"),
    ]);

    assert.deepEqual(answer, ["effect", "generator", "async", "function"]);
  },
);

virtualTest(
  "gather() makes each body a task of its own, in a record named by its key",
  function* () {
    const path = Effect.sync(() => currentTask().path);

    const listed = yield* gather([path, path]);
    const named = yield* gather({ left: path, right: path });

    assert.equal(new Set([...listed, currentTask().path]).size, 3);
    assert.deepEqual(named, { left: "main/left", right: "main/right" });
  },
);

virtualTest(
  "gather() reads its bodies when it is called, so that it can run again",
  function* () {
    function* bodies() {
      yield Effect.succeed(1);
      yield Effect.succeed(2);
    }
    const list = [Effect.succeed(1)];
    const twice = gather(bodies());
    const copied = gather(list);
    list.push(Effect.succeed(2));

    assert.deepEqual(yield* twice, [1, 2]);
    assert.deepEqual(yield* twice, [1, 2]);
    assert.deepEqual(yield* copied, [1]);
  },
);

virtualTest(
  "gather() starts bodies in order, and keeps it in the results",
  function* () {
    const started: number[] = [];
    const body = (ms: number) =>
      Effect.andThen(Effect.sync(() => started.push(ms)), after(ms, ms));

    const answer = yield* gather([30, 10, 20].map(body));

    assert.deepEqual(started, [30, 10, 20]);
    assert.deepEqual(answer, [30, 10, 20]);
  },
);

virtualTest(
  "gather() runs no more than `concurrency` bodies at once",
  function* () {
    const gauge = new Gauge();

    yield* gather([1, 2, 3, 4, 5].map(() => gauge.around(sleep(10))), {
      concurrency: 2,
    });

    assert.equal(gauge.most, 2);
    assert.equal(now(), 30);
  },
);

virtualTest(
  "gather() starts a body as soon as an earlier one has ended",
  function* () {
    const starts: number[] = [];
    const body = (ms: number) =>
      Effect.andThen(Effect.sync(() => starts.push(now())), sleep(ms));

    yield* gather([30, 10, 10, 10].map(body), { concurrency: 2 });

    assert.deepEqual(starts, [0, 0, 10, 20]);
  },
);

for (const bodies of [[], [Effect.succeed(1)]]) {
  const title = bodies.length === 0 ? "nothing" : "what does not wait";

  virtualTest(`gather() of ${title} is a cancel point (R19)`, function* () {
    const answer = yield* cancelScope((scope) => {
      scope.cancel();
      return gather(bodies);
    });

    assert.ok(Option.isNone(answer));
  });

  virtualTest(`gather() of ${title} is a schedule point (R19)`, function* () {
    const trail: string[] = [];
    yield* nursery(function* (n) {
      n.startSoon(Effect.sync(() => trail.push("other")));
      yield* gather(bodies);
      trail.push("gathered");
    });

    assert.deepEqual(trail, ["other", "gathered"]);
  });
}

virtualTest(
  "gather() starts nothing for a caller that is cancelled already",
  function* () {
    const gauge = new Gauge();

    yield* cancelScope((scope) => {
      scope.cancel();
      return gather([gauge.around(Effect.void)]);
    });

    assert.equal(gauge.entered, 0);
  },
);

virtualTest(
  "gather() ends after the last cleanup when its caller is cancelled",
  function* () {
    const trail: string[] = [];

    const answer = yield* moveOnAfter(
      10,
      gather([
        slowToCleanUp(trail, "quick", 1),
        slowToCleanUp(trail, "slow", 5),
      ]),
    );

    assert.ok(Option.isNone(answer));
    assert.deepEqual(trail, ["quick", "slow"]);
    assert.equal(now(), 15);
  },
);

virtualTest(
  "gather() aborts the signals of its bodies with the cancellation",
  function* () {
    const reasons: unknown[] = [];
    const listening = (signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        signal.addEventListener("abort", () => {
          reasons.push(signal.reason.reason);
          resolve();
        });
      });

    yield* cancelScope((scope) =>
      gather([listening, Effect.sync(() => scope.cancel("enough"))])
    );

    assert.deepEqual(reasons, [{ _tag: "Explicit", message: "enough" }]);
  },
);

Deno.test("gather() fails with the first failure, after the others have cleaned up", async () => {
  const trail: string[] = [];

  const failures = await failuresOf(
    gather({ bad: failAfter(10, "boom"), slow: slowToCleanUp(trail) }),
  );

  assert.deepEqual(failures, ["Fail boom main/bad"]);
  assert.deepEqual(trail, ["cleaned up"]);
});

Deno.test("gather() starts nothing after a failure", async () => {
  const gauge = new Gauge();

  const failures = await failuresOf(
    gather(
      [Effect.fail("boom"), ...[1, 2, 3].map(() => gauge.around(sleep(1)))],
      { concurrency: 2 },
    ),
  );

  assert.deepEqual(failures, ["Fail boom main/task-0"]);
  assert.equal(gauge.entered, 1);
});

Deno.test("gather() keeps all that goes wrong, in order, and typed what was typed (R26)", async () => {
  const failures = await failuresOf(gather({
    late: dyingInCleanup("spilt"),
    first: failAfter(1, "first"),
    same: failAfter(1, "same"),
  }));

  assert.deepEqual(failures, [
    "Fail first main/first",
    "Fail same main/same",
    "Die spilt main/late",
  ]);
});

Deno.test("gather() dies with TaskCancelled when a body was cancelled on its own", async () => {
  const trail: string[] = [];

  const failures = await failuresOf(
    gather([Effect.andThen(sleep(1), Effect.interrupt), slowToCleanUp(trail)]),
  );

  assert.deepEqual(failures, ["Die TaskCancelled main"]);
  assert.deepEqual(trail, ["cleaned up"]);
});

Deno.test("gather() says who cancelled the body whose result is lacking", async () => {
  await assert.rejects(
    virtualRun(() => gather([cancelScope(() => Effect.interrupt)])),
    (error) =>
      error instanceof TaskCancelled &&
      error.cancellation.reason._tag === "Aborted",
  );
});

virtualTest(
  "gather() has no holes where it is cancelled as a body ends",
  function* () {
    const scope = new CancelScope();
    const cancelling = Effect.sync(() => scope.cancel());

    // The first body ends without hearing of the cancellation; the second, which
    // would have to start after it, never does.
    const answer = yield* scope.run(
      gather([cancelling, Effect.succeed(2)], { concurrency: 1 }),
    );

    assert.ok(Option.isNone(answer));
  },
);

virtualTest(
  "gather() keeps its results if all ended although cancelled (R13)",
  function* () {
    const scope = new CancelScope();
    const cancelling = Effect.sync(() => scope.cancel());

    const answer = yield* scope.run(gather([cancelling, Effect.succeed(2)]));

    assert.deepEqual(answer, Option.some([undefined, 2]));
  },
);

for (const concurrency of [0, -1, 1.5, NaN, -Infinity]) {
  Deno.test(`gather() refuses a concurrency of ${concurrency}`, () => {
    assert.throws(() => gather([], { concurrency }), RangeError);
  });
}

Deno.test("gather() takes a concurrency of Infinity", async () => {
  const answer = gather([Effect.succeed(1)], { concurrency: Infinity });

  assert.deepEqual(await run(answer), [1]);
});

for (const bodies of [undefined, null, 1, () => Effect.void, Effect.void]) {
  Deno.test(`gather() refuses ${String(bodies)} as bodies`, () => {
    assert.throws(() => gather(bodies as never), TypeError);
  });
}

Deno.test("gather() refuses what is no body, where it is called", () => {
  for (const body of [1, null, Promise.resolve()]) {
    assert.throws(() => gather([Effect.void, body as never]), TypeError);
    assert.throws(() => gather({ body: body as never }), TypeError);
  }
});

Deno.test("gather() works where Effect runs it", async () => {
  const answer = gather([Effect.succeed(1), () => Promise.resolve(2)]);

  assert.deepEqual(await Effect.runPromise(answer), [1, 2]);
});

virtualTest(
  "gather() gives its bodies the services of the caller (R61)",
  function* () {
    const Port = Context.Service<number>("Port");
    const answer = gather([Port, Effect.succeed("x")], { concurrency: 1 });

    assert.deepEqual(yield* Effect.provideService(answer, Port, 80), [80, "x"]);
  },
);

virtualTest(
  "gather() is cut short by Effect.timeout, after the cleanup",
  function* () {
    const trail: string[] = [];

    const answer = yield* Effect.exit(
      Effect.timeout(gather([slowToCleanUp(trail)]), 10),
    );

    assert.ok(Exit.isFailure(answer));
    assert.deepEqual(trail, ["cleaned up"]);
    assert.equal(now(), 15);
  },
);

virtualTest(
  "gather() starts anew when Effect.retry runs it again",
  function* () {
    let attempts = 0;
    const flaky = Effect.suspend(() =>
      ++attempts < 3 ? Effect.fail("flaky") : Effect.succeed(attempts)
    );

    const answer = yield* Effect.retry(
      gather({ steady: after(1, "steady"), flaky }),
      Schedule.spaced(10),
    );

    assert.deepEqual(answer, { steady: "steady", flaky: 3 });
    assert.equal(now(), 21);
  },
);

virtualTest(
  "gather() loses a race of Effect with nothing left over",
  function* () {
    const gauge = new Gauge();

    const winner = yield* Effect.raceFirst(
      gather([gauge.around(sleepForever), gauge.around(sleepForever)]),
      after(1, "other"),
    );

    assert.equal(winner, "other");
    assert.equal(gauge.inside, 0);
  },
);

virtualTest(
  "gather() is a body of gather(), of race() and of failAfter()",
  function* () {
    const inner = gather([after(1, 1), after(2, 2)]);

    assert.deepEqual(
      yield* gather([inner, race([inner]), failTooLate(10, inner)]),
      [[1, 2], [1, 2], [1, 2]],
    );
  },
);

Deno.test("gather() leaves nothing running, wherever it is stopped", async () => {
  const performances = await run(stopAtEveryStep(({ startVictim }) => {
    const gauge = new Gauge();
    const body = gauge.around(
      Effect.andThen(shieldedCheckpoint, shieldedCheckpoint),
    );
    startVictim(Effect.andThen(
      gather([body, body, body], { concurrency: 2 }),
      Effect.sync(() => assert.equal(gauge.entered, 3)),
    ));
    return Effect.sync(() => assert.equal(gauge.inside, 0));
  }));

  assert.ok(performances > 20);
});

Deno.test("gather() obeys its model, whatever the bodies do", async () => {
  const body = fc.record({
    ms: fc.integer({ min: 0, max: 20 }),
    ends: fc.constantFrom("succeeds", "succeeds", "succeeds", "fails", "dies"),
  });
  const widths = fc.constantFrom(1, 2, 3, Infinity);
  await fc.assert(
    fc.asyncProperty(fc.array(body, { maxLength: 8 }), widths, async (
      bodies,
      concurrency,
    ) => {
      const gauge = new Gauge();
      const ended: string[] = [];
      const effects = bodies.map(({ ms, ends }, at) =>
        gauge.around(Effect.andThen(
          sleep(ms),
          Effect.suspend(() => {
            ended.push(ends);
            if (ends === "fails") return Effect.fail(at);
            return ends === "dies" ? Effect.die(at) : Effect.succeed(at);
          }),
        ))
      );

      const exit = await virtualRun(() =>
        Effect.exit(gather(effects, { concurrency }))
      );

      assert.equal(gauge.inside, 0);
      assert.ok(gauge.most <= concurrency);
      const bad = ended.filter((how) => how !== "succeeds");
      if (bad.length === 0) {
        assert.deepEqual(exit, Exit.succeed(bodies.map((_, at) => at)));
      } else {
        assert.ok(Exit.isFailure(exit));
        assert.deepEqual(
          exit.cause.reasons.map(({ _tag }) => _tag),
          bad.map((how) => how === "fails" ? "Fail" : "Die"),
        );
      }
    }),
    { numRuns: 200 },
  );
});

Deno.test("gather() has exact types", () => {
  const port: Context.Service<"Port", number> = Context.Service("Port");
  const bad: Effect.Effect<string, "bad"> = Effect.succeed("x");
  const worse: Effect.Effect<number, "worse", "Port"> = Effect.as(port, 1);

  const tuple = gather([bad, worse, () => Promise.resolve(true)]);
  is<Effect.Effect<[string, number, boolean], "bad" | "worse", "Port">>(tuple);
  // @ts-expect-error the second is a number
  is<Effect.Effect<[string, string, boolean], "bad" | "worse", "Port">>(tuple);
  // @ts-expect-error "worse" is lacking
  is<Effect.Effect<[string, number, boolean], "bad", "Port">>(tuple);
  // @ts-expect-error it needs a service
  is<Effect.Effect<[string, number, boolean], "bad" | "worse">>(tuple);

  const record = gather({
    a: bad,
    *b() {
      return yield* worse;
    },
  });
  is<Effect.Effect<{ a: string; b: number }, "bad" | "worse", "Port">>(record);
  // @ts-expect-error there is no c
  is<Effect.Effect<{ c: string }, "bad" | "worse", "Port">>(record);

  const list = gather([bad, bad].map((body) => body));
  is<Effect.Effect<string[], "bad">>(list);
  const set = gather(new Set([bad]));
  is<Effect.Effect<string[], "bad">>(set);

  const inNursery = nursery(function* (n: Nursery<"bad">) {
    n.startSoon(gather([bad]));
    // @ts-expect-error "worse" is not declared
    n.startSoon(gather([Effect.fail("worse" as const)]));
    yield* Effect.void;
  });
  assert.ok(Effect.isEffect(inNursery));
  // @ts-expect-error a number is no body
  assert.throws(() => gather([1]), TypeError);
});

/** Accepts only what has the type. */
function is<T>(value: T): void {
  assert.ok(Effect.isEffect(value));
}
