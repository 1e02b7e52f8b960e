import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import { cancelScope, checkpoint } from "espalier";
import { suspendTask } from "espalier/core";
import { virtualExit, virtualTest } from "../support/virtual_test.ts";

type Register = Parameters<typeof suspendTask<void>>[0];

for (const answer of [undefined, "aborted", null, 1]) {
  const register = (() => answer) as unknown as Register;

  Deno.test(`a register that answers ${answer} and no abort function is a defect, not a wait without end (C052)`, async () => {
    const exit = await virtualExit(() =>
      cancelScope(function* (scope) {
        scope.cancel();
        yield* suspendTask(register);
      })
    );
    assert(Exit.isFailure(exit));
    const [reason] = exit.cause.reasons;
    assert(reason?._tag === "Die");
    assert.match(
      String(reason.defect),
      /^TypeError: Cannot suspend a task: its register must answer an abort function: received /,
    );
  });
}

virtualTest(
  "one that throws after it has resumed the task is a defect all the same",
  function* () {
    const late = new Error("late");
    const exit = yield* Effect.exit(suspendTask((resume) => {
      resume(Effect.succeed("resumed"));
      throw late;
    }));
    yield* checkpoint;
    assert(Exit.isFailure(exit));
    const [reason] = exit.cause.reasons;
    assert.equal(reason?._tag === "Die" && reason.defect, late);
  },
);
