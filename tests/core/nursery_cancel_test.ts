import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Option from "effect/Option";
import {
  CancelScope,
  cancelScope,
  checkpoint,
  moveOnAfter,
  now,
  type Nursery,
  nursery,
  NurseryCancelled,
  shield,
  sleep,
  sleepForever,
} from "espalier";
import { scopeTest } from "../support/virtual_test.ts";

scopeTest(
  "a nursery that is cancelled by itself after its body ended keeps the body's value",
  function* () {
    const trail: string[] = [];
    const value = yield* nursery(function* (n) {
      n.startSoon(Effect.ensuring(
        sleepForever,
        Effect.sync(() => trail.push("child")),
      ));
      n.startSoon(function* () {
        yield* sleep(5);
        n.cancelScope.cancel("enough");
      });
      yield* Effect.void;
      return "value";
    });
    assert.equal(value, "value");
    assert.deepEqual(trail, ["child"]);
    assert.equal(now(), 5);
  },
);

scopeTest(
  "a nursery that cancelled itself in its body answers with onCancelled()",
  function* () {
    const value = yield* nursery(function* (n) {
      n.cancelScope.cancel();
      yield* sleepForever;
      return "body";
    }, { onCancelled: () => "stopped" });
    assert.equal(value, "stopped");
  },
);

scopeTest(
  "a nursery that cancelled itself in its body, and has no answer, is a defect that names both ways out",
  function* () {
    const exit = yield* Effect.exit(nursery(function* (n) {
      n.cancelScope.cancel("enough");
      yield* sleepForever;
      return "body";
    }, { name: "crawl" }));
    assert(Exit.isFailure(exit));
    const [reason, ...others] = exit.cause.reasons;
    assert.deepEqual(others, []);
    assert(reason?._tag === "Die");
    assert(reason.defect instanceof NurseryCancelled);
    assert.equal(reason.defect.nursery, "crawl");
    assert.deepEqual(reason.defect.cancellation.reason, {
      _tag: "Explicit",
      message: "enough",
    });
    assert.match(reason.defect.message, /onCancelled/);
    assert.match(reason.defect.message, /cancelScope/);
  },
);

scopeTest("an onCancelled that throws is a defect", function* () {
  const exit = yield* Effect.exit(nursery(function* (n) {
    n.cancelScope.cancel();
    yield* sleepForever;
  }, {
    onCancelled: () => {
      throw new Error("no answer");
    },
  }));
  assert(Exit.hasDies(exit));
});

scopeTest(
  "the deadline of a nursery's scope cancels body and children",
  function* () {
    const trail: string[] = [];
    const value = yield* nursery(function* (n) {
      n.cancelScope.deadline = now() + 10;
      n.startSoon(Effect.ensuring(
        sleepForever,
        Effect.sync(() => trail.push(`child ${now()}`)),
      ));
      yield* sleepForever;
    }, { onCancelled: () => "late" });
    assert.equal(value, "late");
    assert.deepEqual(trail, ["child 10"]);
  },
);

scopeTest("a failure outranks NurseryCancelled", function* () {
  const exit = yield* Effect.exit(nursery(function* (n: Nursery<string>) {
    n.startSoon(Effect.ensuring(sleepForever, Effect.die("cleanup")));
    yield* sleep(1);
    n.cancelScope.cancel();
    yield* sleepForever;
  }));
  assert(Exit.isFailure(exit));
  assert.deepEqual(
    exit.cause.reasons.map((it) => it._tag === "Die" ? it.defect : it._tag),
    ["cleanup"],
  );
});

scopeTest(
  "a nursery whose body had ended passes an outer cancellation on",
  function* () {
    const trail: string[] = [];
    const answer = yield* moveOnAfter(5, function* () {
      yield* nursery(function* (n) {
        n.startSoon(sleepForever);
        yield* Effect.void;
      });
      trail.push("unreachable");
    });
    assert.deepEqual(answer, Option.none());
    assert.deepEqual(trail, []);
  },
);

scopeTest(
  "a nursery ends after its children's cleanup, whoever cancels (R27)",
  function* () {
    const slow = (trail: string[]) =>
      Effect.ensuring(
        sleepForever,
        Effect.andThen(sleep(100), Effect.sync(() => trail.push("cleaned up"))),
      );
    const cancels: ((body: Effect.Effect<void>) => Effect.Effect<unknown>)[] = [
      (body) => moveOnAfter(1, body),
      (body) => Effect.timeoutOption(body, 1),
      (body) => Effect.race(body, Effect.sleep(1)),
      (body) =>
        nursery(function* (n) {
          const child = n.startSoon(body);
          yield* sleep(1);
          child.cancel();
        }),
    ];
    for (const cancelled of cancels) {
      for (const bodyWaits of [true, false]) {
        const trail: string[] = [];
        const start = now();
        yield* cancelled(nursery(function* (n) {
          n.startSoon(slow(trail));
          n.startSoon(slow(trail));
          if (bodyWaits) yield* sleepForever;
          else yield* checkpoint;
        }));
        assert.deepEqual(trail, ["cleaned up", "cleaned up"]);
        assert.equal(now() - start, 101);
      }
    }
  },
);

scopeTest(
  "a second cancellation does not cut the wait for children short (R27)",
  function* () {
    const trail: string[] = [];
    yield* moveOnAfter(1, () =>
      Effect.timeoutOption(
        nursery(function* (n) {
          n.startSoon(Effect.ensuring(
            sleepForever,
            Effect.andThen(
              sleep(100),
              Effect.sync(() => trail.push("cleaned up")),
            ),
          ));
          yield* Effect.void;
        }),
        5,
      ));
    assert.deepEqual(trail, ["cleaned up"]);
  },
);

scopeTest(
  "a nursery under Effect.timeout whose body has ended is cut short all the same",
  function* () {
    const trail: string[] = [];
    const late = yield* Effect.timeoutOption(
      nursery(function* (n) {
        n.startSoon(Effect.onInterrupt(
          sleepForever,
          () => Effect.sync(() => trail.push(`interrupted ${now()}`)),
        ));
        yield* Effect.void;
        return "value";
      }),
      5,
    );
    assert.deepEqual(late, Option.none());
    assert.deepEqual(trail, ["interrupted 5"]);
  },
);

scopeTest("a child that shields itself is waited for", function* () {
  const trail: string[] = [];
  yield* moveOnAfter(1, () =>
    nursery(function* (n) {
      n.startSoon(shield(function* () {
        yield* sleep(50);
        trail.push("finished");
      }));
      yield* sleepForever;
    }));
  assert.deepEqual(trail, ["finished"]);
  assert.equal(now(), 50);
});

scopeTest(
  "a child that was cancelled on its own concerns nobody else",
  function* () {
    const trail: string[] = [];
    const value = yield* nursery(function* (n) {
      const child = n.startSoon(sleepForever);
      n.startSoon(function* () {
        yield* sleep(5);
        trail.push("sibling");
      });
      const interrupted = n.startSoon(Effect.interrupt);
      yield* sleep(1);
      child.cancel("not needed");
      assert.equal((yield* child.outcome)._tag, "Cancelled");
      assert.equal((yield* interrupted.outcome)._tag, "Cancelled");
      return "value";
    });
    assert.equal(value, "value");
    assert.deepEqual(trail, ["sibling"]);
  },
);

scopeTest(
  "cancelling a nursery reaches the body that waits in Effect's own operators",
  function* () {
    const waits = [
      Effect.sleep(1000),
      Effect.all([Effect.never, sleepForever], { concurrency: 2 }),
      Effect.timeout(sleepForever, 1000),
      Effect.race(sleepForever, Effect.never),
      Effect.forEach([1, 2], () => sleepForever, { concurrency: "unbounded" }),
    ];
    for (const wait of waits) {
      const value = yield* nursery(function* (n) {
        n.startSoon(function* () {
          yield* sleep(1);
          n.cancelScope.cancel();
        });
        yield* wait;
        return "body";
      }, { onCancelled: () => "stopped" });
      assert.equal(value, "stopped");
    }
    assert.equal(now(), waits.length);
  },
);

scopeTest("a nursery inside a finalizer works to its end", function* () {
  const trail: string[] = [];
  yield* cancelScope((scope) => {
    scope.cancel();
    return Effect.ensuring(
      sleepForever,
      nursery(function* (n) {
        n.startSoon(function* () {
          yield* sleep(5);
          trail.push("child");
        });
        const late = yield* moveOnAfter(1, sleepForever);
        trail.push(late._tag);
      }),
    );
  });
  assert.deepEqual(trail, ["None", "child"]);
  assert.equal(now(), 5);
});

scopeTest(
  "a nursery in an uninterruptible region hears its own cancellation and no other",
  function* () {
    const trail: string[] = [];
    const scope = new CancelScope();
    const answer = yield* scope.run(function* () {
      scope.cancel();
      yield* Effect.uninterruptible(nursery(function* (n) {
        n.startSoon(function* () {
          yield* sleep(5);
          trail.push("child");
          n.cancelScope.cancel();
        });
        yield* sleepForever;
      }, { onCancelled: () => trail.push("stopped by itself") }));
      trail.push("left the region");
      yield* checkpoint;
      trail.push("unreachable");
    });
    assert.deepEqual(answer, Option.none());
    // Effect raises what it held back at the end of the region or in the next wait.
    assert.deepEqual(trail.slice(0, 2), ["child", "stopped by itself"]);
    assert.equal(trail.includes("unreachable"), false);
  },
);

scopeTest(
  "signals and scopes of children see the cancellation of the nursery",
  function* () {
    const seen: unknown[] = [];
    yield* nursery(function* (n) {
      n.startSoon(async (signal) => {
        await new Promise((resolve) =>
          signal.addEventListener("abort", resolve)
        );
        seen.push(signal.reason?.reason);
      });
      yield* checkpoint;
      n.cancelScope.cancel("why");
    });
    assert.deepEqual(seen, [{ _tag: "Explicit", message: "why" }]);
  },
);

scopeTest(
  "nurseries of one task end inner first, each with its own children",
  function* () {
    const trail: string[] = [];
    yield* nursery(function* (outer) {
      outer.startSoon(
        Effect.andThen(sleep(10), Effect.sync(() => trail.push("o"))),
      );
      yield* nursery(function* (inner) {
        inner.startSoon(
          Effect.andThen(sleep(5), Effect.sync(() => trail.push("i"))),
        );
        yield* Effect.void;
      });
      trail.push("between");
    });
    assert.deepEqual(trail, ["i", "between", "o"]);
  },
);

scopeTest(
  "an interruption by Effect in the step in which the body ended still waits for the children (R27)",
  function* () {
    const trail: string[] = [];
    // The timer of the body comes first, that of the timeout at the same moment.
    yield* Effect.timeoutOption(
      nursery(function* (n) {
        n.startSoon(Effect.ensuring(
          sleepForever,
          Effect.andThen(sleep(5), Effect.sync(() => trail.push("cleaned up"))),
        ));
        yield* sleep(9);
      }),
      9,
    );
    assert.deepEqual(trail, ["cleaned up"]);
    assert.equal(now(), 14);
  },
);
