import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import {
  type Future,
  type Nursery,
  nursery,
  sleep,
  sleepForever,
  taskPathOf,
} from "espalier";
import { scopeTest } from "../support/virtual_test.ts";

/** What a failed nursery tells: each failure and where it happened. */
function* told(failing: Effect.Effect<unknown, unknown>) {
  const exit = yield* Effect.exit(failing);
  assert(Exit.isFailure(exit));
  return exit.cause.reasons.flatMap((it) => {
    if (it._tag === "Interrupt") return [];
    const error = it._tag === "Fail" ? it.error : it.defect;
    return [`${it._tag} ${String(error)} of ${taskPathOf(it)}`];
  });
}

const handOns: Record<
  string,
  (child: Future<never, string>) => Effect.Effect<unknown, string>
> = {
  "awaited": (child) => child,
  "caught and failed with again": (child) =>
    Effect.catch(child, (it) => Effect.fail(it)),
  "made a defect": (child) => Effect.orDie(child),
  "awaited beside others": (child) =>
    Effect.all([sleep(1), child], { concurrency: 2 }),
};

for (const [how, handOn] of Object.entries(handOns)) {
  scopeTest(
    `a string that a child failed with, ${how}, is kept once`,
    function* () {
      const failing = nursery(function* (n: Nursery<string>) {
        yield* handOn(n.startSoon(Effect.fail("offline"), { name: "dial" }));
      });
      assert.deepEqual(yield* told(failing), ["Fail offline of main/dial"]);
    },
  );
}

scopeTest(
  "a string that an async body was rejected with, and throws, is kept once",
  function* () {
    const failing = nursery(async (n: Nursery<string>) => {
      try {
        await n.startSoon(Effect.fail("offline"), { name: "dial" }).promise();
      } catch (error) {
        throw error;
      }
    });
    assert.deepEqual(yield* told(failing), ["Fail offline of main/dial"]);
  },
);

scopeTest(
  "the same string from tasks that handed each other nothing is kept twice",
  function* () {
    const failing = nursery(function* (n: Nursery<string>) {
      n.startSoon(Effect.fail("offline"), { name: "a" });
      n.startSoon(Effect.fail("offline"), { name: "b" });
      yield* sleepForever;
    });
    assert.deepEqual(yield* told(failing), [
      "Fail offline of main/a",
      "Fail offline of main/b",
    ]);
  },
);

scopeTest(
  "of the strings that a task was handed, it remembers the latest",
  function* () {
    const failing = nursery(function* (n) {
      const children = nursery((inner: Nursery<string>) => {
        const first = inner.startSoon(Effect.fail("first"), { name: "first" });
        return Effect.catch(first, () => Effect.succeed("caught"));
      }, { onChildFailure: "isolate" });
      assert.equal(yield* Effect.orDie(children), "caught");
      for (let i = 0; i < 16; i++) {
        const next = nursery(
          (inner: Nursery<string>) =>
            Effect.ignore(inner.startSoon(Effect.fail(`${i}`))),
          { onChildFailure: "isolate" },
        );
        yield* Effect.orDie(next);
      }
      assert.deepEqual(n.children, []);
      yield* Effect.fail("first");
    });
    assert.deepEqual(yield* told(failing), ["Fail first of main"]);
  },
);
