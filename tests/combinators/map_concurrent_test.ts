import assert from "node:assert/strict";
import {
  CancelScope,
  cancelScope,
  currentTask,
  mapConcurrent,
  moveOnAfter,
  now,
  nursery,
  run,
  shieldedCheckpoint,
  sleep,
  sleepForever,
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
  failuresOf,
  Gauge,
  slowToCleanUp,
} from "./support/bodies.ts";

/** The same items, as everything that items may come as. */
const SHAPES: Readonly<
  Record<string, <A>(items: readonly A[]) => Iterable<A> | AsyncIterable<A>>
> = {
  "a list": (items) => [...items],
  "an iterable": (items) => new Set(items),
  "an async iterable": (items) =>
    (async function* () {
      yield* items;
    })(),
};

for (const [shape, of] of Object.entries(SHAPES)) {
  virtualTest(
    `mapConcurrent() over ${shape} keeps item order however the bodies finish`,
    function* () {
      const answer = yield* mapConcurrent(
        of([30, 10, 20]),
        (ms) => after(ms, ms),
        { concurrency: 3 },
      );

      assert.deepEqual(answer, [30, 10, 20]);
    },
  );

  virtualTest(
    `mapConcurrent() over ${shape}, not ordered, answers as the bodies finish`,
    function* () {
      const answer = yield* mapConcurrent(
        of([30, 10, 20]),
        (ms) => after(ms, ms),
        { concurrency: 3, ordered: false },
      );

      assert.deepEqual(answer, [10, 20, 30]);
    },
  );

  virtualTest(
    `mapConcurrent() over ${shape} never runs more than \`concurrency\` bodies`,
    function* () {
      const gauge = new Gauge();

      yield* mapConcurrent(of([1, 2, 3, 4, 5]), () => gauge.around(sleep(10)), {
        concurrency: 2,
      });

      assert.deepEqual([gauge.most, gauge.entered], [2, 5]);
      assert.equal(now(), 30);
    },
  );

  virtualTest(
    `mapConcurrent() over ${shape} starts a body as soon as one has ended`,
    function* () {
      const starts: number[] = [];

      yield* mapConcurrent(of([30, 10, 11, 12]), (ms) => {
        starts.push(now());
        return sleep(ms);
      }, { concurrency: 2 });

      assert.deepEqual(starts, [0, 0, 10, 21]);
    },
  );

  virtualTest(
    `mapConcurrent() over ${shape} hands over item, index and signal`,
    function* () {
      const seen: unknown[] = [];

      yield* mapConcurrent(of(["a", "b"]), (item, index, signal) => {
        seen.push([item, index, signal instanceof AbortSignal]);
        return Effect.void;
      }, { concurrency: 1 });

      assert.deepEqual(seen, [["a", 0, true], ["b", 1, true]]);
    },
  );

  virtualTest(
    `mapConcurrent() over ${shape} makes each body a task named for its index`,
    function* () {
      const answer = yield* mapConcurrent(
        of(["a", "b", "c"]),
        () => Effect.sync(() => currentTask().path),
        { concurrency: 2 },
      );

      assert.deepEqual(answer, ["main/task-0", "main/task-1", "main/task-2"]);
    },
  );

  virtualTest(
    `mapConcurrent() over ${shape} takes bodies of every kind`,
    function* () {
      const options = { concurrency: 2 };

      const gen = yield* mapConcurrent(of([1, 2]), function* (n) {
        yield* sleep(0);
        return n * 2;
      }, options);
      const async = yield* mapConcurrent(
        of([1, 2]),
        async (n) => await Promise.resolve(n * 2),
        options,
      );

      assert.deepEqual([gen, async], [[2, 4], [2, 4]]);
    },
  );

  for (const count of [0, 2]) {
    const items = Array.from({ length: count }, (_, at) => at);

    virtualTest(
      `mapConcurrent() over ${shape} of ${count} is a cancel point (R19)`,
      function* () {
        const gauge = new Gauge();

        const answer = yield* cancelScope((scope) => {
          scope.cancel();
          return mapConcurrent(of(items), () => gauge.around(Effect.void), {
            concurrency: 1,
          });
        });

        assert.ok(Option.isNone(answer));
        assert.equal(gauge.entered, 0);
      },
    );

    virtualTest(
      `mapConcurrent() over ${shape} of ${count} is a schedule point (R19)`,
      function* () {
        const trail: string[] = [];
        yield* nursery(function* (n) {
          n.startSoon(Effect.sync(() => trail.push("other")));
          const answer = yield* mapConcurrent(of(items), Effect.succeed, {
            concurrency: 1,
          });
          trail.push(`mapped ${answer.length}`);
        });

        assert.deepEqual(trail, ["other", `mapped ${count}`]);
      },
    );
  }

  Deno.test(`mapConcurrent() over ${shape} fails with the first failure, after the others have cleaned up`, async () => {
    const trail: string[] = [];

    const failures = await failuresOf(
      mapConcurrent(
        of([slowToCleanUp(trail), Effect.fail("boom")]),
        (body) => body,
        { concurrency: 2 },
      ),
    );

    assert.deepEqual(failures, ["Fail boom main/task-1"]);
    assert.deepEqual(trail, ["cleaned up"]);
  });

  Deno.test(`mapConcurrent() over ${shape} starts nothing after a failure`, async () => {
    const gauge = new Gauge();

    await failuresOf(
      mapConcurrent(
        of([Effect.fail("boom"), gauge.around(Effect.void)]),
        (body) => body,
        { concurrency: 1 },
      ),
    );

    assert.equal(gauge.entered, 0);
  });

  Deno.test(`mapConcurrent() over ${shape} keeps all that goes wrong, typed what was typed (R26)`, async () => {
    const failures = await failuresOf(
      mapConcurrent(
        of([dyingInCleanup("spilt"), Effect.fail("boom")]),
        (body) => body,
        { concurrency: 2 },
      ),
    );

    assert.deepEqual(failures, [
      "Fail boom main/task-1",
      "Die spilt main/task-0",
    ]);
  });

  Deno.test(`mapConcurrent() over ${shape} dies with TaskCancelled when a body was cancelled on its own`, async () => {
    const failures = await failuresOf(
      mapConcurrent(
        of([Effect.interrupt, sleepForever]),
        (body) => body,
        { concurrency: 2 },
      ),
    );

    assert.deepEqual(failures, ["Die TaskCancelled main"]);
  });

  virtualTest(
    `mapConcurrent() over ${shape} ends after the last cleanup when its caller is cancelled`,
    function* () {
      const trail: string[] = [];

      const answer = yield* moveOnAfter(
        10,
        mapConcurrent(of([1, 5]), (ms) => slowToCleanUp(trail, `${ms}`, ms), {
          concurrency: 2,
        }),
      );

      assert.ok(Option.isNone(answer));
      assert.deepEqual(trail, ["1", "5"]);
    },
  );

  virtualTest(
    `mapConcurrent() over ${shape} has no holes where it is cancelled as a body ends`,
    function* () {
      const scope = new CancelScope();

      const answer = yield* scope.run(
        mapConcurrent(of([1, 2]), () => Effect.sync(() => scope.cancel()), {
          concurrency: 1,
        }),
      );

      assert.ok(Option.isNone(answer));
    },
  );

  Deno.test(`mapConcurrent() over ${shape} leaves nothing running, wherever it is stopped`, async () => {
    const performances = await run(stopAtEveryStep(({ startVictim }) => {
      const gauge = new Gauge();
      const body = gauge.around(
        Effect.andThen(shieldedCheckpoint, shieldedCheckpoint),
      );
      startVictim(Effect.andThen(
        mapConcurrent(of([1, 2, 3]), () => body, { concurrency: 2 }),
        Effect.sync(() => assert.equal(gauge.entered, 3)),
      ));
      return Effect.sync(() => assert.equal(gauge.inside, 0));
    }));

    assert.ok(performances > 20);
  });
}

virtualTest(
  "mapConcurrent() pulls an item only when a body may start",
  function* () {
    const pulled: number[] = [];
    function* endless() {
      for (let i = 0;; i++) {
        pulled.push(i);
        yield i;
      }
    }

    yield* moveOnAfter(
      10,
      mapConcurrent(endless(), () => sleepForever, { concurrency: 3 }),
    );

    assert.deepEqual(pulled, [0, 1, 2]);
  },
);

virtualTest(
  "mapConcurrent() reads a list that grows meanwhile, as a loop would",
  function* () {
    const items = [1];

    const answer = yield* mapConcurrent(items, (item) => {
      if (item < 3) items.push(item + 1);
      return Effect.succeed(item);
    }, { concurrency: 1 });

    assert.deepEqual(answer, [1, 2, 3]);
  },
);

virtualTest(
  "mapConcurrent() uses the iterator of a list that has one of its own",
  function* () {
    class Doubled extends Array<number> {
      override *[Symbol.iterator]() {
        for (let at = 0; at < this.length; at++) yield this[at]! * 2;
        return undefined;
      }
    }

    const answer = yield* mapConcurrent(Doubled.of(1, 2), Effect.succeed, {
      concurrency: 1,
    });

    assert.deepEqual(answer, [2, 4]);
  },
);

virtualTest(
  "mapConcurrent() runs an iterator inside the caller's task",
  function* () {
    function* moments() {
      yield [now(), currentTask().name];
    }

    const answer = yield* mapConcurrent(moments(), Effect.succeed, {
      concurrency: 1,
    });

    assert.deepEqual(answer, [[0, "main"]]);
  },
);

for (const kind of ["iterable", "async iterable"] as const) {
  const closing = (trail: string[]) => {
    function* items() {
      try {
        for (let i = 0;; i++) yield i;
      } finally {
        trail.push("closed");
      }
    }
    async function* laterItems() {
      try {
        for (let i = 0;; i++) yield await Promise.resolve(i);
      } finally {
        await Promise.resolve();
        trail.push("closed");
      }
    }
    return kind === "iterable" ? items() : laterItems();
  };

  Deno.test(`mapConcurrent() closes the ${kind} after the last cleanup of a failure`, async () => {
    const trail: string[] = [];

    const failures = await failuresOf(
      mapConcurrent(
        closing(trail),
        (n) => n === 1 ? Effect.fail("boom") : slowToCleanUp(trail),
        { concurrency: 2 },
      ),
    );

    assert.deepEqual(failures, ["Fail boom main/task-1"]);
    assert.deepEqual(trail, ["cleaned up", "closed"]);
  });

  virtualTest(
    `mapConcurrent() closes the ${kind} when it is cancelled`,
    function* () {
      const trail: string[] = [];

      yield* moveOnAfter(
        10,
        mapConcurrent(closing(trail), () => slowToCleanUp(trail), {
          concurrency: 1,
        }),
      );

      assert.deepEqual(trail, ["cleaned up", "closed"]);
    },
  );

  Deno.test(`mapConcurrent() closes the ${kind}, wherever it is stopped`, async () => {
    await run(stopAtEveryStep(({ startVictim }) => {
      const trail: string[] = [];
      let bodies = 0;
      startVictim(Effect.exit(
        mapConcurrent(
          closing(trail),
          () => ++bodies === 3 ? Effect.fail("enough") : shieldedCheckpoint,
          { concurrency: 2 },
        ),
      ));
      return Effect.sync(() => {
        if (bodies > 0) assert.deepEqual(trail, ["closed"]);
      });
    }));
  });
}

virtualTest(
  "mapConcurrent() does not close what has come to its end",
  function* () {
    const trail: string[] = [];
    const items = {
      [Symbol.iterator]: () => ({
        next: () => ({ done: true as const, value: undefined }),
        return: () => {
          trail.push("closed");
          return { done: true as const, value: undefined };
        },
      }),
    };

    yield* mapConcurrent(items, Effect.succeed, { concurrency: 1 });

    assert.deepEqual(trail, []);
  },
);

virtualTest(
  "mapConcurrent() does not close, nor open, what it was never to begin",
  function* () {
    const trail: string[] = [];
    const items = {
      [Symbol.iterator]() {
        trail.push("opened");
        return [][Symbol.iterator]();
      },
    };

    yield* cancelScope((scope) => {
      scope.cancel();
      return mapConcurrent(items, Effect.succeed, { concurrency: 1 });
    });

    assert.deepEqual(trail, []);
  },
);

virtualTest(
  "mapConcurrent() lets go of a pending item when it is cancelled, and closes",
  function* () {
    const trail: string[] = [];
    const stuck: AsyncIterable<number> = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise(() => {}),
        return: async () => {
          await Promise.resolve();
          trail.push("closed");
          return { done: true, value: undefined };
        },
      }),
    };

    const answer = yield* cancelScope(function* (scope) {
      return yield* nursery(function* (n) {
        n.startSoon(Effect.sync(() => scope.cancel()));
        return yield* mapConcurrent(stuck, Effect.succeed, { concurrency: 1 });
      });
    });

    assert.ok(Option.isNone(answer));
    assert.deepEqual(trail, ["closed"]);
  },
);

for (const kind of ["iterable", "async iterable"] as const) {
  const throwing = (error: unknown) => {
    const items = function* () {
      yield 1;
      throw error;
    };
    return kind === "iterable" ? items() : (async function* () {
      yield* items();
    })();
  };

  Deno.test(`mapConcurrent() dies of an ${kind} that throws, after the cleanup`, async () => {
    const trail: string[] = [];

    const failures = await failuresOf(
      mapConcurrent(throwing("worn"), () => slowToCleanUp(trail), {
        concurrency: 2,
      }),
    );

    assert.deepEqual(failures, ["Die worn main"]);
    assert.deepEqual(trail, ["cleaned up"]);
  });
}

Deno.test("mapConcurrent() keeps what return() throws beside the failure, which stays typed", async () => {
  function* items() {
    try {
      yield 1;
      yield 2;
    } finally {
      // deno-lint-ignore no-unsafe-finally
      throw "worn";
    }
  }

  const failures = await failuresOf(
    mapConcurrent(items(), () => Effect.fail("boom"), { concurrency: 1 }),
  );

  assert.deepEqual(failures, ["Fail boom main/task-0", "Die worn main"]);
});

virtualTest(
  "mapConcurrent() can run again, over what can be walked again",
  function* () {
    const mapped = mapConcurrent(new Set([1, 2]), Effect.succeed, {
      concurrency: 1,
    });
    const once = mapConcurrent([1, 2].values(), Effect.succeed, {
      concurrency: 1,
    });

    assert.deepEqual([yield* mapped, yield* mapped], [[1, 2], [1, 2]]);
    assert.deepEqual([yield* once, yield* once], [[1, 2], []]);
  },
);

virtualTest(
  "mapConcurrent() starts no more than `limit` bodies within any interval",
  function* () {
    const starts = yield* mapConcurrent(
      Array.from({ length: 7 }),
      () => Effect.sync(now),
      { concurrency: 7, rate: { limit: 3, interval: "1 second" } },
    );

    assert.deepEqual(starts, [0, 0, 0, 1000, 1000, 1000, 2000]);
  },
);

virtualTest(
  "mapConcurrent() counts an interval from each start, and not from the hour",
  function* () {
    const starts: number[] = [];

    yield* mapConcurrent([0, 6, 0, 0], (ms) => {
      starts.push(now());
      return sleep(ms);
    }, { concurrency: 1, rate: { limit: 2, interval: 10 } });

    assert.deepEqual(starts, [0, 0, 10, 10]);
  },
);

virtualTest(
  "mapConcurrent() waits for a place and for its turn, whichever is later",
  function* () {
    const starts: number[] = [];

    yield* mapConcurrent([1, 2, 3], () => {
      starts.push(now());
      return sleep(25);
    }, { concurrency: 1, rate: { limit: 1, interval: 10 } });

    assert.deepEqual(starts, [0, 25, 50]);
  },
);

virtualTest("mapConcurrent() begins a rate anew in each run", function* () {
  const mapped = mapConcurrent([1, 2], () => Effect.sync(now), {
    concurrency: 2,
    rate: { limit: 1, interval: 10 },
  });

  assert.deepEqual([yield* mapped, yield* mapped], [[0, 10], [10, 20]]);
});

virtualTest(
  "mapConcurrent() that waits for its turn can be cancelled",
  function* () {
    const gauge = new Gauge();

    yield* moveOnAfter(
      5,
      mapConcurrent([1, 2], () => gauge.around(sleepForever), {
        concurrency: 2,
        rate: { limit: 1, interval: 10 },
      }),
    );

    assert.equal(now(), 5);
    assert.deepEqual([gauge.entered, gauge.inside], [1, 0]);
  },
);

Deno.test("mapConcurrent() refuses what makes no sense, at the call", () => {
  const map = (options: object) => () =>
    mapConcurrent([], Effect.succeed, { concurrency: 1, ...options });
  for (const concurrency of [0, -1, 1.5, NaN, undefined]) {
    assert.throws(map({ concurrency }), RangeError);
  }
  for (const limit of [0, -1, 1.5, NaN, Infinity]) {
    assert.throws(map({ rate: { limit, interval: 1 } }), RangeError);
  }
  for (const interval of [-1, NaN, Infinity, "a while"]) {
    assert.throws(map({ rate: { limit: 1, interval } }), RangeError);
  }
  for (const items of [undefined, null, 1, {}, () => {}]) {
    assert.throws(
      () => mapConcurrent(items as never, Effect.succeed, { concurrency: 1 }),
      TypeError,
    );
  }
});

virtualTest(
  "mapConcurrent() lets others run while it starts without bounds",
  function* () {
    let others = 0;
    function* endless() {
      for (;;) yield 0;
    }

    yield* cancelScope((scope) =>
      nursery(function* (n) {
        n.startSoon(function* () {
          while (others < 3) {
            yield* shieldedCheckpoint;
            others++;
          }
          scope.cancel();
        });
        yield* mapConcurrent(endless(), () => Effect.void, {
          concurrency: Infinity,
        });
      })
    );

    assert.equal(others, 3);
  },
);

Deno.test("mapConcurrent() holds no more tasks than may run", async () => {
  let most = 0;

  await run(nursery(function* (n) {
    yield* mapConcurrent(
      Array.from({ length: 20_000 }, (_, at) => at),
      () =>
        Effect.sync(() => {
          const [mapping] = currentTask().parentTask!.childNurseries.slice(-1);
          if (most < 100) most = Math.max(most, mapping!.children.length);
        }),
      { concurrency: 4 },
    );
    assert.equal(n.children.length, 0);
  }));

  assert.equal(most, 4);
});

virtualTest(
  "mapConcurrent() gives its bodies the services of the caller (R61)",
  function* () {
    const Port = Context.Service<number>("Port");
    const ports = (items: Iterable<number>) =>
      mapConcurrent(items, (n) => Effect.map(Port, (port) => port + n), {
        concurrency: 1,
      });

    assert.deepEqual(
      yield* Effect.provideService(ports([1, 2]), Port, 80),
      [81, 82],
    );
    assert.deepEqual(
      yield* Effect.provideService(ports(new Set([1, 2])), Port, 80),
      [81, 82],
    );
  },
);

virtualTest(
  "mapConcurrent() works under Effect.timeout, Effect.retry and Effect.raceFirst",
  function* () {
    let attempts = 0;
    const gauge = new Gauge();
    const flaky = mapConcurrent(
      [1, 2],
      (n) =>
        Effect.suspend(() =>
          ++attempts < 3 ? Effect.fail("flaky") : Effect.succeed(n)
        ),
      { concurrency: 1 },
    );
    const stuck = mapConcurrent(
      new Set([1, 2]),
      () => gauge.around(sleepForever),
      { concurrency: 2 },
    );

    const retried = yield* Effect.retry(flaky, Schedule.spaced(1));
    const late = yield* Effect.exit(Effect.timeout(stuck, 10));
    const other = yield* Effect.raceFirst(stuck, after(1, "other"));

    assert.deepEqual(retried, [1, 2]);
    assert.ok(Exit.isFailure(late));
    assert.equal(other, "other");
    assert.deepEqual([gauge.entered, gauge.inside], [4, 0]);
  },
);

Deno.test("mapConcurrent() works where Effect runs it", async () => {
  const mapped = mapConcurrent([1, 2], Effect.succeed, { concurrency: 2 });

  assert.deepEqual(await Effect.runPromise(mapped), [1, 2]);
});

Deno.test("mapConcurrent() obeys its model, whatever the items are", async () => {
  const item = fc.record({
    ms: fc.integer({ min: 0, max: 20 }),
    bad: fc.constantFrom(false, false, false, true),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(item, { maxLength: 8 }),
      fc.constantFrom(1, 2, 3, Infinity),
      fc.boolean(),
      fc.constantFrom("a list", "an iterable"),
      async (items, concurrency, ordered, shape) => {
        const gauge = new Gauge();
        const finished: number[] = [];
        let failures = 0;

        const exit = await virtualRun(() =>
          Effect.exit(mapConcurrent(
            SHAPES[shape]!(items),
            ({ ms, bad }, at) =>
              gauge.around(Effect.andThen(
                sleep(ms),
                Effect.suspend(() => {
                  finished.push(at);
                  if (bad) failures++;
                  return bad ? Effect.fail(at) : Effect.succeed(at);
                }),
              )),
            { concurrency, ordered },
          ))
        );

        assert.equal(gauge.inside, 0);
        assert.ok(gauge.most <= concurrency);
        if (failures > 0) {
          assert.ok(Exit.isFailure(exit));
          assert.equal(exit.cause.reasons.length, failures);
        } else {
          assert.deepEqual(
            exit,
            Exit.succeed(ordered ? items.map((_, at) => at) : finished),
          );
        }
      },
    ),
    { numRuns: 200 },
  );
});

Deno.test("mapConcurrent() has exact types", () => {
  const options = { concurrency: 1 };
  const worse: Effect.Effect<number, "worse", "Port"> = Effect.fail("worse");

  const mapped = mapConcurrent(["a"], (item: string) => {
    return item === "" ? worse : Effect.succeed(item);
  }, options);
  is<Effect.Effect<Array<string | number>, "worse", "Port">>(mapped);
  // @ts-expect-error it may be a number
  is<Effect.Effect<string[], "worse", "Port">>(mapped);
  // @ts-expect-error it can fail
  is<Effect.Effect<Array<string | number>, never, "Port">>(mapped);
  // @ts-expect-error it needs a service
  is<Effect.Effect<Array<string | number>, "worse">>(mapped);

  const generated = mapConcurrent(new Set([1]), function* (item) {
    return item + (yield* worse);
  }, options);
  is<Effect.Effect<number[], "worse", "Port">>(generated);
  const later = mapConcurrent(
    new ReadableStream<number>(),
    async (item) => await Promise.resolve(item + 1),
    options,
  );
  is<Effect.Effect<number[]>>(later);
  // @ts-expect-error it takes a concurrency
  assert.throws(() => mapConcurrent([], Effect.succeed, {}));
});

/** Accepts only what has the type. */
function is<T>(value: T): void {
  assert.ok(Effect.isEffect(value));
}
