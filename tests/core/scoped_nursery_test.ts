import assert from "node:assert/strict";
import { cancelScope, run, shieldedCheckpoint, sleepForever } from "espalier";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Scope from "effect/Scope";
import { openNursery } from "../../src/core/scoped_nursery.ts";
import { stopAtEveryStep } from "../../src/testing/_injection.ts";
import { failuresOf } from "../combinators/support/bodies.ts";
import { scoped } from "../support/scoped.ts";
import { virtualTest } from "../support/virtual_test.ts";

virtualTest(
  "openNursery() answers what fill() answers, and fills before anybody can cancel",
  function* () {
    const trail: string[] = [];
    const tracked = Effect.ensuring(
      sleepForever,
      Effect.sync(() => void trail.push("cleaned up")),
    );

    const answer = yield* scoped(function* () {
      const answer = yield* openNursery({}, (n) => {
        n.startSoon(tracked);
        return "answer";
      });
      trail.push("opened");
      return answer;
    });

    assert.equal(answer, "answer");
    assert.deepEqual(trail, ["opened", "cleaned up"]);
  },
);

Deno.test("openNursery() dies of a fill() that throws, once", async () => {
  const failures = await failuresOf(Effect.scoped(openNursery({}, () => {
    throw "no fill";
  })));

  assert.deepEqual(failures, ["Die no fill main"]);
});

Deno.test("openNursery() fails the closing for what has failed", async () => {
  const failures = await failuresOf(scoped(function* () {
    yield* openNursery({}, (n) => {
      n.startSoon(Effect.die("broken"), { name: "child" });
    });
    yield* shieldedCheckpoint;
    yield* shieldedCheckpoint;
  }));

  assert.deepEqual(failures, ["Die broken main/child"]);
});

virtualTest(
  "openNursery() has its children cancelled with the scopes around the call",
  function* () {
    const reasons: unknown[] = [];

    yield* cancelScope((scope) =>
      scoped(function* () {
        yield* openNursery({}, (n) => {
          n.startSoon((signal: AbortSignal) => {
            signal.addEventListener("abort", () => {
              reasons.push(signal.reason.reason);
            });
            return sleepForever;
          });
        });
        yield* shieldedCheckpoint;
        scope.cancel("enough");
        yield* sleepForever;
      })
    );

    assert.deepEqual(reasons, [{ _tag: "Explicit", message: "enough" }]);
  },
);

virtualTest(
  "openNursery() closes at once in a scope that is closed",
  function* () {
    const trail: string[] = [];
    const closed = yield* Scope.make();
    yield* Scope.close(closed, Exit.void);

    const opened = openNursery({}, (n) => {
      n.startSoon(Effect.ensuring(
        sleepForever,
        Effect.sync(() => void trail.push("cleaned up")),
      ));
    });
    yield* Effect.scoped(Effect.provideService(opened, Scope.Scope, closed));
    yield* shieldedCheckpoint;

    assert.deepEqual(trail, ["cleaned up"]);
  },
);

Deno.test("openNursery() leaves nothing running, wherever it is stopped", async () => {
  await run(stopAtEveryStep(({ startVictim }) => {
    let alive = 0;
    startVictim(scoped(function* () {
      yield* openNursery({}, (n) => {
        n.startSoon(Effect.acquireUseRelease(
          Effect.sync(() => alive++),
          () => sleepForever,
          () => Effect.sync(() => alive--),
        ));
      });
      yield* shieldedCheckpoint;
    }));
    return Effect.sync(() => assert.equal(alive, 0));
  }));
});
