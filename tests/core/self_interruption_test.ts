import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import {
  cancellationOf,
  CancelScope,
  cancelScope,
  currentTask,
  type Nursery,
  nursery,
  sleep,
  sleepForever,
} from "espalier";
import { runChild } from "../support/run_child.ts";
import { virtualExit, virtualTest } from "../support/virtual_test.ts";

virtualTest(
  "a task that interrupts itself is told as the one that did it, on the run clock",
  function* () {
    yield* nursery(function* (n) {
      yield* sleep(5);
      const task = n.startSoon(Effect.interrupt, { name: "quitter" });
      const outcome = yield* task.outcome;
      assert(outcome._tag === "Cancelled");
      assert.equal(
        outcome.cancellation.explain(),
        'scope "main/quitter" was cancelled by "main/quitter" at 5 ms: ' +
          'it was aborted with "interrupted by Effect"',
      );
    });
  },
);

virtualTest(
  "one that a fiber of Effect interrupts was cancelled by the host",
  function* () {
    yield* nursery(function* (n) {
      let fiber: Fiber.Fiber<unknown, unknown> | undefined;
      const task = n.startSoon(() => {
        fiber = Fiber.getCurrent();
        return sleepForever;
      }, { name: "victim" });
      yield* sleep(5);
      yield* Fiber.interrupt(fiber!);
      const outcome = yield* task.outcome;
      assert(outcome._tag === "Cancelled");
      const { reason, requestedBy, scope, at } = outcome.cancellation;
      assert.deepEqual(reason, {
        _tag: "Aborted",
        reason: "interrupted by Effect",
      });
      assert.deepEqual([requestedBy, scope, at], ["host", "main/victim", 5]);
    });
  },
);

Deno.test("a run that interrupts itself says so in its exit", async () => {
  const exit = await virtualExit(() => Effect.interrupt, { name: "job" });
  assert(exit._tag === "Failure");
  assert.equal(cancellationOf(exit.cause)?.requestedBy, "job");
});

Deno.test("main() says why where the run was only interrupted", async () => {
  const { code, stderr } = await runChild("main_scenarios.ts", {
    args: ["interrupted"],
  });
  assert.equal(code, 1);
  assert.match(stderr, /^Cancelled: scope "main" was cancelled by "main" at /);
});

virtualTest(
  "a self-interruption in a cancelled nursery cannot hide the cancellation",
  function* () {
    const scope = new CancelScope({ name: "outer" });
    const answer = yield* scope.run(() =>
      nursery(function* (n: Nursery) {
        n.startSoon(function* () {
          scope.cancel("enough");
          return yield* Effect.interrupt;
        });
        yield* sleepForever;
      })
    );
    assert.equal(answer._tag, "None");
    assert(scope.cancelledCaught);
    assert.equal(currentTask().status, "running");
  },
);

for (const shield of ["yes", 1, null, {}]) {
  Deno.test(`a scope refuses a shield that is no boolean: ${JSON.stringify(shield)} (C034)`, () => {
    const wrong = { shield } as unknown as { shield: boolean };
    const message =
      /^TypeError: Cannot set a shield: it must be a boolean: received /;
    assert.throws(() => new CancelScope(wrong), message);
    assert.throws(() => cancelScope(Effect.void, wrong), message);
    assert.throws(() => Object.assign(new CancelScope(), wrong), message);
  });
}
