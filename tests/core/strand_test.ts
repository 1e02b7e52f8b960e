import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import { cancelScope } from "espalier";
import { scopeTest } from "../support/virtual_test.ts";

scopeTest(
  "a cancellation does not land where Effect takes a turn away (R9)",
  function* () {
    const kept = yield* cancelScope(function* (scope) {
      scope.cancel();
      // Effect gives up the thread after 2048 operations; that is no wait.
      for (let i = 0; i < 10_000; i++) yield* Effect.sync(() => i);
      return "kept";
    });

    assert.deepEqual(kept, Option.some("kept"));
  },
);
