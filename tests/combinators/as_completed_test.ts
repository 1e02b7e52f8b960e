import assert from "node:assert/strict";
import {
  asCompleted,
  cancelScope,
  type Completed,
  EndOfChannel,
  type MemberBody,
  moveOnAfter,
  now,
  nursery,
  type ReceiveChannel,
  run,
  shieldedCheckpoint,
  sleep,
  sleepForever,
} from "espalier";
import * as Cause from "effect/Cause";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Option from "effect/Option";
import type * as Scope from "effect/Scope";
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
import { scoped } from "../support/scoped.ts";

virtualTest(
  "asCompleted() answers in the order of finishing, with the index",
  function* () {
    yield* scoped(function* () {
      const outcomes = yield* asCompleted([after(30, "c"), after(10, "a")]);

      const first = yield* outcomes.receive;
      assert.equal(now(), 10);
      const second = yield* outcomes.receive;

      assert.deepEqual(first, { _tag: "Succeeded", value: "a", index: 1 });
      assert.deepEqual(second, { _tag: "Succeeded", value: "c", index: 0 });
    });
  },
);

virtualTest(
  "asCompleted() ends its channel after the last outcome",
  function* () {
    yield* scoped(function* () {
      const outcomes = yield* asCompleted([Effect.void]);
      yield* outcomes.receive;

      const end = yield* Effect.flip(outcomes.receive);

      assert.ok(end instanceof EndOfChannel);
    });
  },
);

virtualTest("asCompleted() takes bodies of every kind", function* () {
  const values = yield* drain([
    Effect.succeed("effect"),
    function* () {
      yield* sleep(0);
      return "generator";
    },
    async () => await Promise.resolve("async"),
  ]);

  assert.deepEqual(values.sort(), ["async", "effect", "generator"]);
});

virtualTest(
  "asCompleted() tells of failures, defects and cancellations alike",
  function* () {
    yield* scoped(function* () {
      const outcomes = yield* asCompleted([
        failAfter(1, "bad"),
        Effect.andThen(sleep(2), Effect.die("broken")),
        Effect.andThen(sleep(3), Effect.interrupt),
        after(4, "good"),
      ]);
      const all: Completed<string, string>[] = [];
      yield* outcomes.forEach((outcome) =>
        Effect.sync(() => void all.push(outcome))
      );

      assert.deepEqual(all.map(({ _tag, index }) => [_tag, index]), [
        ["Failed", 0],
        ["Failed", 1],
        ["Cancelled", 2],
        ["Succeeded", 3],
      ]);
      const [first] = all;
      assert.ok(first?._tag === "Failed");
      assert.deepEqual(first.cause.reasons.map((it) => it._tag), ["Fail"]);
    });
  },
);

virtualTest(
  "asCompleted() runs no more than `concurrency` bodies at once",
  function* () {
    const gauge = new Gauge();
    const bodies = [1, 2, 3, 4, 5].map((n) => gauge.around(after(10, n)));

    const values = yield* drain(bodies, { concurrency: 2 });

    assert.deepEqual(values, [1, 2, 3, 4, 5]);
    assert.equal(gauge.most, 2);
    assert.equal(now(), 30);
  },
);

virtualTest(
  "asCompleted() starts the next body also after one that failed",
  function* () {
    yield* scoped(function* () {
      const outcomes = yield* asCompleted([
        Effect.fail("bad"),
        Effect.interrupt,
        Effect.succeed("good"),
      ], { concurrency: 1 });
      const tags: string[] = [];
      yield* outcomes.forEach(({ _tag }) =>
        Effect.sync(() => void tags.push(_tag))
      );

      assert.deepEqual(tags, ["Failed", "Cancelled", "Succeeded"]);
    });
  },
);

virtualTest("asCompleted() waits for nobody to read", function* () {
  yield* scoped(function* () {
    const outcomes = yield* asCompleted(
      [after(10, 1), after(10, 2), after(10, 3)],
      { concurrency: 1 },
    );
    yield* sleep(100);

    assert.equal(outcomes.statistics().buffered, 3);
  });
});

virtualTest(
  "asCompleted() cancels the rest when its scope closes early, and waits",
  function* () {
    const trail: string[] = [];

    const first = yield* scoped(function* () {
      const outcomes = yield* asCompleted([
        slowToCleanUp(trail, "a", 1),
        after(10, "quick"),
        slowToCleanUp(trail, "b", 5),
      ]);
      const first = yield* outcomes.receive;
      trail.push("leaving");
      return first.index;
    });

    assert.equal(first, 1);
    assert.deepEqual(trail, ["leaving", "a", "b"]);
    assert.equal(now(), 15);
  },
);

virtualTest(
  "asCompleted() starts no more when its scope has closed",
  function* () {
    const gauge = new Gauge();

    yield* scoped(function* () {
      yield* asCompleted([
        gauge.around(sleep(10)),
        gauge.around(sleep(10)),
      ], { concurrency: 1 });
      yield* shieldedCheckpoint;
    });
    yield* sleep(100);

    assert.deepEqual([gauge.entered, gauge.inside], [1, 0]);
  },
);

virtualTest(
  "asCompleted() lets go of who still receives when its scope closes",
  function* () {
    let channel: ReceiveChannel<unknown> | undefined;

    const end = yield* nursery(function* (n) {
      const waiting = yield* scoped(function* () {
        const outcomes = channel = yield* asCompleted([
          sleepForever,
          sleepForever,
        ], { concurrency: 1 });
        const waiting = n.startSoon(
          Effect.all([
            Effect.exit(outcomes.receive),
            Effect.exit(outcomes.receive),
          ]),
        );
        yield* sleep(1);
        return waiting;
      });
      return yield* waiting;
    });

    const [first, second] = end;
    assert.ok(Exit.isSuccess(first) && first.value._tag === "Cancelled");
    assert.ok(Exit.isFailure(second));
    assert.equal(channel!.statistics().openSendHandles, 0);
  },
);

virtualTest(
  "asCompleted() cancels the rest once nobody can receive",
  function* () {
    const trail: string[] = [];
    yield* scoped(function* () {
      const outcomes = yield* asCompleted([
        after(1, "first"),
        failAfter(2, "unread"),
        slowToCleanUp(trail, "cancelled", 1),
      ]);
      for (const receive of [outcomes.receive]) {
        yield* receive;
        outcomes.close();
      }
      yield* sleep(10);

      assert.deepEqual(trail, ["cancelled"]);
    });
  },
);

Deno.test("asCompleted() fails the closing for a defect in a cleanup", async () => {
  const failures = await failuresOf(scoped(function* () {
    const outcomes = yield* asCompleted([
      after(1, "quick"),
      dyingInCleanup("spilt"),
    ]);
    yield* outcomes.receive;
  }));

  assert.deepEqual(failures, ["Die spilt main/task-1"]);
});

virtualTest(
  "asCompleted() drops what has failed and nobody has read",
  function* () {
    yield* scoped(function* () {
      yield* asCompleted([
        Effect.fail("unread"),
        Effect.onInterrupt(Effect.never, () => Effect.fail("unread")),
      ]);
      yield* sleep(1);
    });
  },
);

for (const bodies of [[], [Effect.void]]) {
  virtualTest(
    `asCompleted() of ${bodies.length} is a cancel point (R19)`,
    function* () {
      const gauge = new Gauge();

      const answer = yield* cancelScope((scope) => {
        scope.cancel();
        return Effect.scoped(asCompleted(bodies.map((it) => gauge.around(it))));
      });

      assert.ok(Option.isNone(answer));
      assert.equal(gauge.entered, 0);
    },
  );

  virtualTest(
    `asCompleted() of ${bodies.length} is a schedule point (R19)`,
    function* () {
      const trail: string[] = [];
      yield* nursery(function* (n) {
        n.startSoon(Effect.sync(() => trail.push("other")));
        yield* scoped(function* () {
          yield* asCompleted(bodies);
          trail.push("opened");
        });
      });

      assert.deepEqual(trail, ["other", "opened"]);
    },
  );
}

virtualTest("asCompleted() of nothing ends at once", function* () {
  assert.deepEqual(yield* drain<Effect.Effect<void>>([]), []);
});

virtualTest(
  "asCompleted() is cancelled with the scopes around it",
  function* () {
    const trail: string[] = [];

    const answer = yield* moveOnAfter(
      10,
      scoped(function* () {
        const outcomes = yield* asCompleted([slowToCleanUp(trail)]);
        yield* outcomes.receive;
      }),
    );

    assert.ok(Option.isNone(answer));
    assert.deepEqual(trail, ["cleaned up"]);
  },
);

virtualTest(
  "asCompleted() outlives a cancel scope that Effect's scope outlives",
  function* () {
    yield* scoped(function* () {
      const opened = yield* cancelScope(() => asCompleted([after(10, "late")]));
      assert.ok(Option.isSome(opened));

      const outcome = yield* opened.value.receive;

      assert.equal(outcome._tag, "Succeeded");
    });
  },
);

virtualTest(
  "asCompleted() reads its bodies when it is called, so that it can run again",
  function* () {
    const opened = asCompleted(function* () {
      yield Effect.succeed(1);
    }());

    for (const _ of [1, 2]) {
      const outcome = yield* Effect.scoped(
        Effect.flatMap(opened, ({ receive }) => receive),
      );
      assert.equal(outcome.index, 0);
    }
  },
);

virtualTest(
  "asCompleted() gives its bodies the services of the caller (R61)",
  function* () {
    const Port = Context.Service<number>("Port");

    const values = yield* Effect.provideService(
      drain([Port, Port], { concurrency: 1 }),
      Port,
      80,
    );

    assert.deepEqual(values, [80, 80]);
  },
);

Deno.test("asCompleted() refuses what makes no sense, at the call", () => {
  for (const concurrency of [0, -1, 1.5, NaN]) {
    assert.throws(() => asCompleted([], { concurrency }), RangeError);
  }
  for (const bodies of [undefined, null, 1, {}, Effect.void]) {
    assert.throws(() => asCompleted(bodies as never), TypeError);
  }
});

virtualTest(
  "asCompleted() works under Effect.timeout and Effect.raceFirst",
  function* () {
    const trail: string[] = [];
    const stuck = scoped(function* () {
      const outcomes = yield* asCompleted([slowToCleanUp(trail)]);
      return yield* outcomes.receive;
    });

    const late = yield* Effect.exit(Effect.timeout(stuck, 10));
    const other = yield* Effect.raceFirst(stuck, after(1, "other"));

    assert.ok(Exit.isFailure(late) && !Cause.hasInterruptsOnly(late.cause));
    assert.equal(other, "other");
    assert.deepEqual(trail, ["cleaned up", "cleaned up"]);
  },
);

Deno.test("asCompleted() works where Effect runs it", async () => {
  assert.deepEqual(await Effect.runPromise(drain([Effect.succeed(1)])), [1]);
});

virtualTest("asCompleted() feeds a loop that is left early", function* () {
  const trail: string[] = [];
  const seen: number[] = [];

  yield* scoped(function* () {
    const outcomes = yield* asCompleted([
      slowToCleanUp(trail),
      Effect.succeed("quick"),
    ]);
    yield* readFirst(outcomes);
  });

  assert.deepEqual(seen, [1]);
  assert.deepEqual(trail, ["cleaned up"]);

  function readFirst(outcomes: ReceiveChannel<{ readonly index: number }>) {
    return Effect.promise(async () => {
      for await (const { index } of outcomes.toAsyncIterable()) {
        seen.push(index);
        break;
      }
    });
  }
});

Deno.test("asCompleted() leaves nothing running, wherever it is stopped", async () => {
  const performances = await run(stopAtEveryStep(({ startVictim }) => {
    const gauge = new Gauge();
    const body = gauge.around(
      Effect.andThen(shieldedCheckpoint, shieldedCheckpoint),
    );
    startVictim(
      scoped(function* () {
        const outcomes = yield* asCompleted([body, body, body], {
          concurrency: 2,
        });
        yield* outcomes.receive;
        yield* outcomes.receive;
      }).pipe(Effect.orDie),
    );
    return Effect.sync(() => assert.equal(gauge.inside, 0));
  }));

  assert.ok(performances > 20);
});

Deno.test("asCompleted() loses and doubles no outcome, whatever the bodies do", async () => {
  const body = fc.record({
    ms: fc.integer({ min: 0, max: 20 }),
    ends: fc.constantFrom("Succeeded", "Failed", "Cancelled"),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(body, { maxLength: 8 }),
      fc.constantFrom(1, 2, Infinity),
      async (bodies, concurrency) => {
        const finished: unknown[] = [];
        const seen: unknown[] = [];
        const effects = bodies.map(({ ms, ends }, index) =>
          Effect.andThen(
            sleep(ms),
            Effect.suspend(() => {
              finished.push([ends, index]);
              if (ends === "Failed") return Effect.fail("bad");
              return ends === "Cancelled" ? Effect.interrupt : Effect.void;
            }),
          )
        );

        await virtualRun(() =>
          scoped(function* () {
            const outcomes = yield* asCompleted(effects, { concurrency });
            yield* outcomes.forEach(({ _tag, index }) =>
              Effect.sync(() => void seen.push([_tag, index]))
            );
          })
        );

        assert.deepEqual(seen, finished);
        assert.equal(seen.length, bodies.length);
      },
    ),
    { numRuns: 200 },
  );
});

Deno.test("asCompleted() has exact types", () => {
  const bad: Effect.Effect<string, "bad"> = Effect.succeed("x");
  const worse: Effect.Effect<number, "worse", "Port"> = Effect.fail("worse");

  const opened = asCompleted([bad, worse]);
  is<
    Effect.Effect<
      ReceiveChannel<Completed<string | number, "bad" | "worse">>,
      never,
      "Port" | Scope.Scope
    >
  >(opened);
  is<
    Effect.Effect<
      ReceiveChannel<Completed<string, "bad" | "worse">>,
      never,
      "Port" | Scope.Scope
    >
  > // @ts-expect-error it may be a number
  (opened);
  is<
    Effect.Effect<
      ReceiveChannel<Completed<string | number, "bad" | "worse">>,
      never,
      "Port"
    >
  > // @ts-expect-error it needs a scope
  (opened);
});

/** What the bodies succeed with, in the order of finishing. */
function drain<B extends MemberBody>(
  bodies: Iterable<B>,
  options?: { readonly concurrency: number },
) {
  return scoped(function* () {
    const values: unknown[] = [];
    const outcomes = yield* asCompleted(bodies, options);
    yield* outcomes.forEach((outcome) => {
      if (outcome._tag === "Succeeded") values.push(outcome.value);
      return Effect.void;
    });
    return values;
  });
}

/** Accepts only what has the type. */
function is<T>(value: T): void {
  assert.ok(Effect.isEffect(value));
}
