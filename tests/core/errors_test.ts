import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import {
  AlreadyInRun,
  AlreadyStarted,
  BrokenResource,
  Cancellation,
  Cancelled,
  ConcurrencyError,
  DeadlineExceeded,
  ExitedWithoutStarting,
  InternalError,
  NotInRun,
  nursery,
  NurseryCancelled,
  NurseryClosed,
  run,
  ScopeReused,
  sleepForever,
  TaskCancelled,
} from "espalier";

const cancellation = new Cancellation({
  reason: { _tag: "Explicit", message: "why" },
  scope: "crawl",
  requestedBy: "main",
  at: 1,
});

const errors = {
  AlreadyInRun: new AlreadyInRun("main"),
  AlreadyStarted: new AlreadyStarted("main/server"),
  BrokenResource: new BrokenResource('Lock "orders"', ["main/owner"]),
  Cancelled: new Cancelled(cancellation),
  DeadlineExceeded: new DeadlineExceeded("fetch", 250),
  ExitedWithoutStarting: new ExitedWithoutStarting("main/server", cancellation),
  InternalError: new InternalError("Cannot abort a wait: abort threw"),
  NotInRun: new NotInRun("read the run clock"),
  NurseryCancelled: new NurseryCancelled("crawl", cancellation),
  NurseryClosed: new NurseryClosed("crawl"),
  ScopeReused: new ScopeReused("search"),
  TaskCancelled: new TaskCancelled(cancellation),
};

for (const [name, error] of Object.entries(errors)) {
  Deno.test(`${name} is told by its tag, its name and its class, and says what it cannot do`, () => {
    assert.equal(error._tag, name);
    assert.equal(error.name, name);
    assert.equal(error.constructor.name, name);
    assert(error instanceof ConcurrencyError);
    assert(error instanceof Error);
    assert.match(error.message, /^Cannot [a-z]+ .+/);
    assert.doesNotMatch(error.message, /\.$|n't|'s\b/);
    assert.match(String(error), new RegExp(`^${name}: `));
  });
}

Deno.test("typed errors work with Effect.catchTag", async () => {
  const caught = Effect.catchTag(
    Effect.fail(errors.DeadlineExceeded),
    "DeadlineExceeded",
    ({ task, budget }) => Effect.succeed([task, budget]),
  );
  assert.deepEqual(await run(caught), ["fetch", 250]);
});

Deno.test("an error that speaks of a cancellation carries it", () => {
  for (
    const error of [
      errors.Cancelled,
      errors.ExitedWithoutStarting,
      errors.NurseryCancelled,
      errors.TaskCancelled,
    ]
  ) {
    assert.equal(error.cancellation, cancellation);
    assert.match(error.message, /"why"/);
  }
});

Deno.test("usage errors are defects in an effect and thrown by plain calls", async () => {
  await assert.rejects(
    run(nursery(function* (n) {
      n.cancelScope.cancel();
      yield* sleepForever;
    })),
    NurseryCancelled,
  );
  await run(Effect.sync(() => {
    assert.throws(() => run(Effect.void), AlreadyInRun);
  }));
});
