import assert from "node:assert/strict";
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import {
  cancellationOf,
  cancelScope,
  checkpoint,
  ErrorGroup,
  type Future,
  now,
  type Nursery,
  nursery,
  run,
  sleep,
  sleepForever,
  taskPathOf,
} from "espalier";
import { scopeTest, virtualRun } from "../support/virtual_test.ts";

scopeTest(
  "a body that fails is the failure of its nursery (C010, R25)",
  function* () {
    const error = new Error("E");
    const cause = yield* causeOf(nursery(() => Effect.fail(error)));
    assert.deepEqual(tell(cause), ["Fail main"]);
    assert.equal(Cause.squash(cause), error);
  },
);

scopeTest(
  "a child that fails is the failure of its nursery (C011, R26)",
  function* () {
    const error = new Error("E");
    const cause = yield* causeOf(nursery(function* (n: Nursery<Error>) {
      n.startSoon(Effect.fail(error), { name: "child" });
      yield* Effect.void;
    }));
    assert.deepEqual(tell(cause), ["Fail main/child"]);
    assert.equal(Cause.squash(cause), error);
  },
);

scopeTest(
  "a child that fails cancels a body that waits (C014, R26)",
  function* () {
    const cause = yield* causeOf(nursery(function* (n: Nursery<string>) {
      n.startSoon(Effect.fail("E"), { name: "child" });
      yield* sleepForever;
    }));
    assert.deepEqual(failures(cause), ["E"]);
    assert.deepEqual(tell(cause).filter((it) => it !== "Interrupt"), [
      "Fail main/child",
    ]);
  },
);

scopeTest(
  "siblings and body are cancelled by the child that failed, by name (C055, R10, R26)",
  function* () {
    const seen = new Map<string, unknown>();
    const watch = (name: string) =>
      Effect.onExit(sleepForever, (exit) =>
        Effect.sync(() => {
          if (Exit.isFailure(exit)) {
            seen.set(name, cancellationOf(exit.cause)?.reason);
          }
        }));
    yield* causeOf(nursery(function* (n: Nursery<string>) {
      n.startSoon(watch("sibling"));
      n.startSoon(Effect.andThen(sleep(1), Effect.fail("E")), {
        name: "child",
      });
      yield* watch("body");
    }));
    const reason = { _tag: "ChildFailed", task: "main/child", error: "E" };
    assert.deepEqual([...seen], [["sibling", reason], ["body", reason]].sort());
  },
);

scopeTest(
  "a body that fails cancels the children, by name (R25)",
  function* () {
    let seen: unknown;
    yield* causeOf(nursery(function* (n) {
      n.startSoon(Effect.onExit(sleepForever, (exit) =>
        Effect.sync(() => {
          if (Exit.isFailure(exit)) seen = cancellationOf(exit.cause)?.reason;
        })));
      yield* sleep(1);
      yield* Effect.fail("E");
    }));
    assert.deepEqual(seen, { _tag: "BodyFailed", error: "E" });
  },
);

scopeTest(
  "what goes wrong while the others are cancelled is added, in order (R26)",
  function* () {
    const cause = yield* causeOf(nursery(function* (n: Nursery<string>) {
      n.startSoon(Effect.ensuring(sleepForever, Effect.die("cleanup")), {
        name: "b",
      });
      n.startSoon(Effect.andThen(sleep(1), Effect.fail("first")), {
        name: "a",
      });
      yield* Effect.ensuring(
        sleepForever,
        Effect.andThen(sleep(5), Effect.die("body")),
      );
    }));
    assert.deepEqual(tell(cause).filter((it) => it !== "Interrupt"), [
      "Fail main/a",
      "Die main/b",
      "Die main",
    ]);
    assert.deepEqual(failures(cause), ["first", "cleanup", "body"]);
  },
);

scopeTest(
  "a typed failure stays typed although a sibling's cleanup dies (R28)",
  function* () {
    const caught = yield* Effect.catch(
      Effect.sandbox(nursery(function* (n: Nursery<"typed">) {
        n.startSoon(Effect.ensuring(sleepForever, Effect.die("cleanup")));
        n.startSoon(Effect.andThen(sleep(1), Effect.fail("typed" as const)));
        yield* sleepForever;
      })),
      (cause) => Effect.succeed(cause),
    );
    assert(Cause.isCause(caught));
    assert.deepEqual(tags(caught), ["Fail", "Die"]);
  },
);

scopeTest(
  "every failure is kept, from every level, each under its path (R28)",
  function* () {
    const level = (depth: number): Effect.Effect<void, string> =>
      nursery(function* (n: Nursery<string>) {
        if (depth > 0) {
          n.startSoon(level(depth - 1), { name: `level${depth - 1}` });
        }
        yield* Effect.andThen(sleep(1), Effect.fail(`body${depth}`));
      });
    const cause = yield* causeOf(level(2));
    assert.deepEqual(
      new Set(failures(cause)),
      new Set(["body0", "body1", "body2"]),
    );
    assert.deepEqual(
      new Map(
        cause.reasons.filter((it) => it._tag === "Fail")
          .map((it) => [it.error, taskPathOf(it)]),
      ),
      new Map([
        ["body2", "main"],
        ["body1", "main/level1"],
        ["body0", "main/level1/level0"],
      ]),
    );
  },
);

scopeTest(
  "a failure that comes back through the future of its task is kept once",
  function* () {
    const error = new Error("E");
    const joins = [
      (child: Future<never, Error>) => child,
      (child: Future<never, Error>) =>
        Effect.catch(child, (it) => Effect.fail(it)),
      (child: Future<never, Error>) => Effect.orDie(child),
      (child: Future<never, Error>) => Effect.all([sleep(1), child]),
      (child: Future<never, Error>) =>
        Effect.all([sleep(1), child], { concurrency: 2 }),
      (child: Future<never, Error>) => nursery(() => child),
      (child: Future<never, Error>) => cancelScope(child),
      (child: Future<never, Error>) => Effect.tapError(child, () => sleep(1)),
    ];
    for (const [index, join] of joins.entries()) {
      const cause = yield* causeOf(nursery(function* (n: Nursery<Error>) {
        const child = n.startSoon(Effect.fail(error), { name: "child" });
        yield* join(child);
      }));
      assert.deepEqual(failures(cause), [error], `join ${index}`);
      assert.deepEqual(
        tell(cause).filter((it) => it !== "Interrupt"),
        ["Fail main/child"],
        `join ${index}`,
      );
    }
  },
);

scopeTest("a failure with two awaiters is kept once", function* () {
  const cause = yield* causeOf(nursery(function* (n: Nursery<string>) {
    const child = n.startSoon(Effect.andThen(sleep(1), Effect.fail("E")), {
      name: "child",
    });
    n.startSoon(child, { name: "awaiter" });
    yield* child;
  }));
  assert.deepEqual(failures(cause), ["E"]);
  assert.deepEqual(tell(cause).filter((it) => it !== "Interrupt"), [
    "Fail main/child",
  ]);
});

scopeTest("the same error from two tasks is two failures", function* () {
  const error = new Error("shared");
  const cause = yield* causeOf(nursery(function* (n: Nursery<Error>) {
    n.startSoon(Effect.fail(error), { name: "a" });
    n.startSoon(Effect.fail(error), { name: "b" });
    yield* sleepForever;
  }));
  assert.deepEqual(tell(cause).filter((it) => it !== "Interrupt"), [
    "Fail main/a",
    "Fail main/b",
  ]);
});

Deno.test("run() rejects with the failure of the child that was awaited", async () => {
  const error = new Error("g");
  const g = Effect.fail(error);
  await assert.rejects(
    run(nursery(function* (n: Nursery<Error>) {
      const f = n.startSoon(g);
      yield* f;
    })),
    (it) => it === error,
  );
});

Deno.test("run() rejects once with a defect that an async child rejected with", async () => {
  const error = new Error("async");
  await assert.rejects(
    virtualRun(() =>
      nursery(async (n) => {
        const child = n.startSoon(async () => {
          await Promise.resolve();
          throw error;
        });
        await child.promise();
      })
    ),
    (it) => it === error,
  );
});

Deno.test("run() tells the failures apart that an async body handed on", async () => {
  const failing = () =>
    nursery(async (n: Nursery<string>) => {
      const both = n.startSoon(() =>
        nursery(function* (inner: Nursery<string>) {
          inner.startSoon(Effect.fail("a"), { name: "a" });
          inner.startSoon(Effect.fail("b"), { name: "b" });
          yield* sleepForever;
        }), { name: "both" });
      await both.promise();
    });
  const error = await virtualRun(failing).catch((error) => error);
  assert(error instanceof ErrorGroup);
  assert.deepEqual(error.errors, ["a", "b"]);
  assert.deepEqual(error.paths, ["main/both/a", "main/both/b"]);
});

scopeTest(
  '"isolate": a failing child cancels nobody and is reported at the end',
  function* () {
    const trail: string[] = [];
    const cause = yield* causeOf(nursery(function* (n: Nursery<string>) {
      n.startSoon(Effect.fail("first"), { name: "a" });
      n.startSoon(function* () {
        yield* sleep(5);
        trail.push("sibling");
      });
      yield* n.start(function* (status: { started(value: void): void }) {
        status.started();
        yield* sleep(1);
        yield* Effect.fail("second");
      }, { name: "b" });
      yield* sleep(3);
      trail.push("body");
    }, { onChildFailure: "isolate" }));
    assert.deepEqual(trail, ["body", "sibling"]);
    assert.equal(now(), 5);
    assert.deepEqual(tell(cause), ["Fail main/a", "Fail main/b"]);
  },
);

scopeTest(
  '"isolate": a failure that was delivered is not reported',
  function* () {
    const takes = [
      (child: Future<never, string>) => Effect.flip(child),
      (child: Future<never, string>) => child.outcome,
      (child: Future<never, string>) =>
        Effect.promise(() => child.promise().catch(() => undefined)),
    ];
    for (const wait of [0, 5]) {
      for (const take of takes) {
        yield* nursery(function* (n: Nursery<string>) {
          const failing = Effect.andThen(checkpoint, Effect.fail("E"));
          const child = n.startSoon(failing);
          if (wait > 0) yield* sleep(wait);
          yield* take(child);
        }, { onChildFailure: "isolate" });
      }
    }
  },
);

scopeTest(
  '"isolate": looking at a failure, or being cancelled while waiting for it, takes nothing',
  function* () {
    const looks = [
      (child: Future<never, string>) => Effect.sync(() => child.poll()),
      (child: Future<never, string>) =>
        cancelScope((scope) => {
          scope.cancel();
          return Effect.exit(child);
        }),
    ];
    const interrupted = (child: Future<never, string>) =>
      Effect.timeoutOption(Effect.exit(child), 0);
    for (const wait of [false, true]) {
      for (const look of wait ? looks : [...looks, interrupted]) {
        const cause = yield* causeOf(nursery(function* (n: Nursery<string>) {
          const child = n.startSoon(Effect.andThen(sleep(1), Effect.fail("E")));
          if (wait) yield* sleep(5);
          yield* look(child);
        }, { onChildFailure: "isolate" }));
        assert.deepEqual(failures(cause), ["E"]);
      }
    }
  },
);

scopeTest(
  '"isolate": a failing body still cancels all, and failures keep their order',
  function* () {
    const cause = yield* causeOf(nursery(function* (n: Nursery<string>) {
      n.startSoon(Effect.fail("child"), { name: "a" });
      n.startSoon(sleepForever);
      yield* sleep(1);
      yield* Effect.fail("body");
    }, { onChildFailure: "isolate" }));
    assert.deepEqual(tell(cause).filter((it) => it !== "Interrupt"), [
      "Fail main/a",
      "Fail main",
    ]);
  },
);

function causeOf<A, E>(
  effect: Effect.Effect<A, E>,
): Effect.Effect<Cause.Cause<E>> {
  return Effect.map(Effect.exit(effect), (exit) => {
    assert(Exit.isFailure(exit));
    return exit.cause;
  });
}

function tags(cause: Cause.Cause<unknown>): string[] {
  return cause.reasons.map(({ _tag }) => _tag).filter((it) =>
    it !== "Interrupt"
  );
}

function tell(cause: Cause.Cause<unknown>): string[] {
  return cause.reasons.map((reason) =>
    reason._tag === "Interrupt"
      ? "Interrupt"
      : `${reason._tag} ${taskPathOf(reason)}`
  );
}

function failures(cause: Cause.Cause<unknown>): unknown[] {
  return cause.reasons.flatMap((reason) =>
    reason._tag === "Interrupt"
      ? []
      : [reason._tag === "Fail" ? reason.error : reason.defect]
  );
}
