import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import {
  CancelScope,
  cancelScope,
  checkpoint,
  currentTask,
  moveOnAfter,
  now,
  type Nursery,
  nursery,
  NurseryClosed,
  run,
  sleep,
  sleepForever,
  taskGroup,
} from "espalier";
import { scopeTest, virtualTest } from "../support/virtual_test.ts";

scopeTest(
  "nursery() answers with its body's value after the last child (R27, R29)",
  function* () {
    const trail: string[] = [];
    const value = yield* nursery(function* (n) {
      n.startSoon(function* () {
        yield* sleep(5);
        trail.push("child");
      });
      yield* sleep(1);
      trail.push("body");
      return "value";
    });
    assert.equal(value, "value");
    assert.deepEqual(trail, ["body", "child"]);
    assert.equal(now(), 5);
  },
);

virtualTest("taskGroup() is the same thing", function* () {
  assert.equal(taskGroup, nursery);
  yield* Effect.void;
});

scopeTest(
  "children take turns, each once in a round (C004, R23)",
  function* () {
    const record: string[] = [];
    yield* nursery(function* (n) {
      for (const name of ["a", "b"]) {
        n.startSoon(function* () {
          for (let round = 0; round < 3; round++) {
            record.push(name + round);
            yield* checkpoint;
          }
        });
      }
      yield* Effect.void;
    });
    const rounds = [record.slice(0, 2), record.slice(2, 4), record.slice(4)];
    assert.deepEqual(rounds.map((it) => it.sort()), [
      ["a0", "b0"],
      ["a1", "b1"],
      ["a2", "b2"],
    ]);
  },
);

scopeTest(
  "startSoon() queues and runs nothing; first steps come in spawn order (R18)",
  function* () {
    const trail: string[] = [];
    yield* nursery(function* (n) {
      for (const name of ["a", "b", "c"]) {
        n.startSoon(Effect.sync(() => trail.push(name)));
        trail.push(`spawned ${name}`);
      }
      yield* checkpoint;
      trail.push("body");
    });
    assert.deepEqual(trail, [
      "spawned a",
      "spawned b",
      "spawned c",
      "a",
      "b",
      "c",
      "body",
    ]);
  },
);

scopeTest(
  "a child may spawn while the nursery ends; afterwards it is closed (C016, R30)",
  function* () {
    const trail: string[] = [];
    const opened: Nursery[] = [];
    yield* nursery(function* (n) {
      opened.push(n);
      n.startSoon(function* () {
        yield* sleep(5);
        assert.equal(n.isClosed, false);
        n.startSoon(function* () {
          yield* sleep(5);
          trail.push("sibling");
        });
      });
      yield* Effect.void;
    });
    const [n] = opened;
    assert.deepEqual(trail, ["sibling"]);
    assert.equal(n!.isClosed, true);
    assert.throws(() => n!.startSoon(Effect.void), {
      _tag: "NurseryClosed",
      message: 'Cannot start a task in nursery "nursery": it is closed',
    });
  },
);

scopeTest(
  "a nursery is closed from the moment its last child ended (R30)",
  function* () {
    let closing: unknown;
    yield* nursery(function* (n) {
      const child = n.startSoon(sleep(1));
      // Woken in the turn in which the child ends, before the opener is.
      yield* Effect.forkDetach(
        Effect.map(child, () => {
          try {
            n.startSoon(Effect.void);
          } catch (error) {
            closing = error;
          }
        }),
        { startImmediately: true },
      );
      yield* Effect.void;
    });
    assert(closing instanceof NurseryClosed);
  },
);

scopeTest(
  "the end of a nursery is a schedule point and no cancel point (C017, R21)",
  function* () {
    for (const withChild of [false, true]) {
      const trail: string[] = [];
      const scope = new CancelScope();
      const answer = yield* nursery(function* (other) {
        other.startSoon(Effect.sync(() => trail.push("other")));
        return yield* scope.run(function* () {
          scope.cancel();
          const value = yield* nursery(function* (n) {
            if (withChild) n.startSoon(Effect.void);
            yield* Effect.void;
            return "value";
          });
          trail.push("after");
          return value;
        });
      });
      assert.deepEqual(answer, Option.some("value"));
      assert.equal(scope.cancelledCaught, false);
      assert.deepEqual(trail, ["other", "after"]);
    }
  },
);

scopeTest(
  "cancelling the outermost nursery reaches every leaf (C019, R1)",
  function* () {
    const leaves: string[] = [];
    const worker = (name: string) =>
      nursery(function* (n) {
        for (const leaf of [1, 2]) {
          n.startSoon(Effect.onInterrupt(
            sleepForever,
            () => Effect.sync(() => leaves.push(name + leaf)),
          ));
        }
        yield* Effect.void;
      });
    yield* nursery(function* (n) {
      n.startSoon(worker("a"));
      n.startSoon(worker("b"));
      yield* sleep(1);
      n.cancelScope.cancel();
    });
    assert.deepEqual(leaves.sort(), ["a1", "a2", "b1", "b2"]);
  },
);

scopeTest(
  "a child has the scopes around its nursery, not those around its spawn (R1)",
  function* () {
    const trail: string[] = [];
    yield* nursery(function* (n) {
      yield* cancelScope(function* (scope) {
        n.startSoon(function* () {
          yield* sleep(5);
          trail.push("outlived the scope around its spawn");
        });
        scope.cancel();
        yield* checkpoint;
      });
      trail.push("scope ended");
    });
    assert.deepEqual(trail, [
      "scope ended",
      "outlived the scope around its spawn",
    ]);
  },
);

scopeTest(
  "a child that is spawned into a cancelled nursery takes its first step (R17)",
  function* () {
    const trail: string[] = [];
    yield* nursery(function* (n) {
      n.cancelScope.cancel();
      n.startSoon(function* () {
        trail.push("first step");
        try {
          yield* checkpoint;
          trail.push("unreachable");
        } finally {
          trail.push("finally");
        }
      });
      yield* Effect.void;
    });
    assert.deepEqual(trail, ["first step", "finally"]);
  },
);

scopeTest(
  "a future that is cancelled before its task began still takes the first step (R17)",
  function* () {
    const trail: string[] = [];
    yield* nursery(function* (n) {
      const child = n.startSoon(function* () {
        trail.push("first step");
        yield* checkpoint;
        trail.push("unreachable");
      });
      child.cancel();
      assert.equal(child.status, "pending");
      yield* Effect.void;
    });
    assert.deepEqual(trail, ["first step"]);
  },
);

scopeTest(
  "a child that ends normally although cancelled has succeeded (R31)",
  function* () {
    yield* nursery(function* (n) {
      const child = n.startSoon(async (signal) => {
        await new Promise((resolve) =>
          signal.addEventListener("abort", resolve)
        );
        return "done anyway";
      });
      yield* checkpoint;
      child.cancel();
      assert.deepEqual(yield* child.outcome, {
        _tag: "Succeeded",
        value: "done anyway",
      });
    });
  },
);

scopeTest(
  "children lists the living, oldest first, and names are their own (R34)",
  function* () {
    yield* nursery(function* (n) {
      n.startSoon(sleep(1), { name: "a" });
      n.startSoon(sleep(2), { name: "b" });
      n.startSoon(sleep(3), { name: "c" });
      const names = () => n.children.map(({ name }) => name);
      assert.deepEqual(names(), ["a", "b", "c"]);
      yield* sleep(1.5);
      assert.deepEqual(names(), ["b", "c"]);
      assert.equal(n.name, "crawl");
      assert.equal(currentTask().childNurseries[0], n);
    }, { name: "crawl" });
    assert.deepEqual(currentTask().childNurseries, []);
  },
);

scopeTest(
  "handing a nursery to another task lets that task spawn here (R33)",
  function* () {
    const paths: string[] = [];
    yield* nursery(function* (n) {
      n.startSoon(() =>
        nursery(function* () {
          n.startSoon(Effect.sync(() => paths.push(currentTask().path)), {
            name: "sibling",
          });
          yield* Effect.void;
        }), { name: "spawner" });
      yield* Effect.void;
    });
    assert.deepEqual(paths, ["main/sibling"]);
  },
);

Deno.test("startSoon() works from host code and takes the opener's context", async () => {
  const trail: string[] = [];
  await run(nursery(function* (n) {
    const spawned = Promise.withResolvers<void>();
    setTimeout(() => {
      n.startSoon(Effect.sync(() => trail.push(currentTask().path)), {
        name: "from a timer",
      });
      spawned.resolve();
    }, 0);
    yield* Effect.promise(() => spawned.promise);
  }));
  assert.deepEqual(trail, ["main/from a timer"]);
});

Deno.test("a nursery runs in Effect.runPromise and makes a root of its own", async () => {
  const trail: string[] = [];
  const program = nursery(function* (n) {
    const child = n.startSoon(Effect.sync(() => currentTask().path), {
      name: "child",
    });
    trail.push(yield* child);
    yield* moveOnAfter(1, sleepForever);
    return "value";
  });
  assert.equal(await Effect.runPromise(program), "value");
  assert.deepEqual(trail, ["main/child"]);

  const error = new Error("E");
  const failing = nursery(function* (n: Nursery<Error>) {
    n.startSoon(Effect.fail(error));
    yield* sleepForever;
  });
  await assert.rejects(Effect.runPromise(failing), (it) => it === error);
});

Deno.test("Effect.runPromise's own signal ends a nursery after its cleanup", async () => {
  const controller = new AbortController();
  const trail: string[] = [];
  const program = nursery(function* (n) {
    n.startSoon(Effect.ensuring(
      sleepForever,
      Effect.andThen(sleep(1), Effect.sync(() => trail.push("cleaned up"))),
    ));
    yield* checkpoint;
    controller.abort();
    yield* sleepForever;
  });
  await assert.rejects(
    Effect.runPromise(program, { signal: controller.signal }),
  );
  assert.deepEqual(trail, ["cleaned up"]);
});

Deno.test("nursery() refuses a policy that there is not", () => {
  assert.throws(
    () => nursery(() => Effect.void, { onChildFailure: "ignore" as never }),
    TypeError,
  );
});
