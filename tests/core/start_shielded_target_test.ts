import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import {
  cancelScope,
  ExitedWithoutStarting,
  now,
  nursery,
  shield,
  sleep,
  sleepForever,
  type TaskStatus,
} from "espalier";
import { scopeTest } from "../support/virtual_test.ts";

scopeTest(
  "start() into a nursery that keeps a cancellation out again goes on (R7, R36)",
  function* () {
    const answer = yield* cancelScope(function* (outer) {
      outer.cancel();
      return yield* nursery(function* (n) {
        n.cancelScope.shield = true;
        return yield* n.start(function* (status: TaskStatus<string>) {
          yield* sleep(5);
          status.started("ready");
        });
      });
    });
    assert.deepEqual(answer, Option.some("ready"));
  },
);

for (const how of ["cancel", "shield"] as const) {
  scopeTest(
    `and one that is pending ends when the nursery is cancelled after all, by ${how} (R39)`,
    function* () {
      let error: unknown;
      yield* cancelScope(function* (outer) {
        outer.cancel("by the outer scope");
        yield* nursery(function* (target) {
          target.cancelScope.shield = true;
          yield* shield(() =>
            nursery(function* (n) {
              n.startSoon(function* () {
                error = yield* Effect.flip(
                  target.start<string, Effect.Effect<never>>(() =>
                    sleepForever
                  ),
                ) as Effect.Effect<unknown>;
                assert.equal(now(), 5);
              });
              yield* sleep(5);
              if (how === "cancel") target.cancelScope.cancel("by name");
              else target.cancelScope.shield = false;
            })
          );
        }, { onCancelled: () => undefined });
      });
      assert(error instanceof ExitedWithoutStarting);
      assert.deepEqual(error.cancellation?.reason, {
        _tag: "Explicit",
        message: how === "cancel" ? "by name" : "by the outer scope",
      });
    },
  );
}
