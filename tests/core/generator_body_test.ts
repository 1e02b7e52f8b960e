import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Option from "effect/Option";
import {
  cancelScope,
  checkpoint,
  moveOnAfter,
  now,
  type Nursery,
  nursery,
  shield,
  sleep,
  sleepForever,
} from "espalier";
import { scopeTest } from "../support/virtual_test.ts";

scopeTest(
  "a generator body whose effect fails is closed: finally runs and may yield*",
  function* () {
    const trail: string[] = [];
    const exit = yield* Effect.exit(cancelScope(function* () {
      try {
        yield* Effect.fail("E");
      } finally {
        yield* sleep(5);
        trail.push(`finally at ${now()}`);
      }
    }));
    assert(Exit.hasFails(exit));
    assert.deepEqual(trail, ["finally at 5"]);
  },
);

scopeTest(
  "a generator body that is cancelled is closed, shielded like a finalizer",
  function* () {
    const trail: string[] = [];
    const answer = yield* moveOnAfter(1, function* () {
      try {
        yield* sleepForever;
      } finally {
        yield* sleep(5);
        yield* checkpoint;
        const late = yield* moveOnAfter(2, sleepForever);
        trail.push(`finally until ${now()}, ${late._tag}`);
      }
    });
    assert.deepEqual(answer, Option.none());
    assert.deepEqual(trail, ["finally until 8, None"]);
  },
);

scopeTest(
  "finally blocks run from the inside out, through nested generators",
  function* () {
    const trail: string[] = [];
    const inner = function* () {
      try {
        yield* sleepForever;
      } finally {
        yield* sleep(1);
        trail.push("inner");
      }
    };
    yield* moveOnAfter(1, function* () {
      try {
        try {
          yield* inner();
        } finally {
          trail.push("middle");
        }
      } finally {
        yield* sleep(1);
        trail.push("outer");
      }
    });
    assert.deepEqual(trail, ["inner", "middle", "outer"]);
    assert.equal(now(), 3);
  },
);

scopeTest("using declarations are disposed", function* () {
  const trail: string[] = [];
  const resource = (name: string) => ({
    [Symbol.dispose]: () => void trail.push(name),
  });
  yield* moveOnAfter(1, function* () {
    using _first = resource("first");
    using _second = resource("second");
    yield* sleepForever;
  });
  assert.deepEqual(trail, ["second", "first"]);
});

scopeTest(
  "an effect that fails in a finally is added, and the other finally blocks still run",
  function* () {
    const trail: string[] = [];
    const exit = yield* Effect.exit(cancelScope(function* () {
      try {
        try {
          yield* Effect.fail("body");
        } finally {
          yield* Effect.fail("inner finally");
          trail.push("unreachable");
        }
      } finally {
        yield* sleep(1);
        trail.push("outer finally");
      }
    }));
    assert(Exit.isFailure(exit));
    assert.deepEqual(trail, ["outer finally"]);
    assert.deepEqual(
      exit.cause.reasons.map((it) => it._tag === "Fail" ? it.error : it._tag),
      ["body", "inner finally"],
    );
  },
);

scopeTest(
  "what a finally throws is added, and outranks the failure, as in Effect's finalizers",
  function* () {
    const exit = yield* Effect.exit(cancelScope(function* () {
      try {
        yield* Effect.fail("typed");
      } finally {
        failing();
      }
    }));
    assert(Exit.isFailure(exit));
    assert.deepEqual(
      exit.cause.reasons.map((it) => it._tag === "Die" ? it.defect : it),
      ["typed", new Error("in finally")],
    );
  },
);

scopeTest(
  "what a finally throws while the body is cancelled outlives the scope",
  function* () {
    const exit = yield* Effect.exit(moveOnAfter(1, function* () {
      try {
        yield* sleepForever;
      } finally {
        failing();
      }
    }));
    assert(Exit.hasDies(exit));
  },
);

scopeTest(
  "a return in a finally does not undo a cancellation or a failure",
  function* () {
    const swallow = function* (effect: Effect.Effect<never, string>) {
      try {
        yield* effect;
      } finally {
        // deno-lint-ignore no-unsafe-finally
        return "overridden";
      }
    };
    const answer = yield* moveOnAfter(1, () => swallow(sleepForever));
    assert.deepEqual(answer, Option.none());
    const exit = yield* Effect.exit(
      cancelScope(() => swallow(Effect.fail("E"))),
    );
    assert(Exit.hasFails(exit));
  },
);

scopeTest(
  "a loop in a finally runs to its end, however often it waits",
  function* () {
    let rounds = 0;
    yield* moveOnAfter(1, function* () {
      try {
        yield* sleepForever;
      } finally {
        while (rounds < 1000) {
          yield* checkpoint;
          rounds++;
        }
      }
    });
    assert.equal(rounds, 1000);
  },
);

scopeTest(
  "a finally that the body reaches by itself is cut short like any other code, but for what is shielded",
  function* () {
    const trail: string[] = [];
    const cleanup = (how: string) =>
      Effect.andThen(sleep(5), Effect.sync(() => trail.push(how)));
    for (const guard of [<A>(it: A) => it, shield]) {
      yield* moveOnAfter(3, function* () {
        try {
          yield* sleep(1);
        } finally {
          yield* guard(cleanup(guard === shield ? "shielded" : "bare"));
        }
      });
    }
    assert.deepEqual(trail, ["shielded"]);
  },
);

scopeTest(
  "a body that was never resumed after its first wait is closed once",
  function* () {
    let closed = 0;
    yield* nursery(function* (n) {
      const child = n.startSoon(function* () {
        try {
          yield* checkpoint;
        } finally {
          closed++;
        }
      });
      child.cancel();
      yield* Effect.exit(child);
    });
    assert.equal(closed, 1);
  },
);

scopeTest(
  "failures are not thrown into the generator: Effect.catch is for those",
  function* () {
    const trail: string[] = [];
    const exit = yield* Effect.exit(cancelScope(function* () {
      try {
        yield* Effect.fail("E");
      } catch {
        trail.push("unreachable");
      }
    }));
    assert(Exit.hasFails(exit));
    assert.equal(trail.length, 0);
    yield* cancelScope(function* () {
      const caught = yield* Effect.catch(
        Effect.fail("E"),
        (error) => Effect.succeed(`caught ${error}`),
      );
      trail.push(caught);
    });
    assert.deepEqual(trail, ["caught E"]);
  },
);

scopeTest(
  "what a generator throws is a defect that holds the thrown value",
  function* () {
    const error = new Error("thrown");
    const exit = yield* Effect.exit(cancelScope(function* () {
      yield* Effect.void;
      throw error;
    }));
    assert(Exit.isFailure(exit));
    const [reason] = exit.cause.reasons;
    assert(reason?._tag === "Die");
    assert.equal(reason.defect, error);
  },
);

scopeTest(
  "a finally that ends with a deadline inside is cut there and nowhere else",
  function* () {
    const trail: unknown[] = [];
    yield* moveOnAfter(1, function* () {
      try {
        yield* sleepForever;
      } finally {
        trail.push(
          yield* Effect.exit(shield(sleep(100), { within: 10 })).pipe(
            Effect.map(Exit.hasFails),
          ),
        );
        yield* nursery(function* (n: Nursery) {
          n.startSoon(sleep(5));
          yield* Effect.void;
        });
        trail.push(now());
      }
    });
    assert.deepEqual(trail, [true, 16]);
  },
);

function failing(): void {
  throw new Error("in finally");
}
