import assert from "node:assert/strict";
import { AsyncLocalStorage, executionAsyncResource } from "node:async_hooks";
import * as Effect from "effect/Effect";
import {
  cancelScope,
  checkpoint,
  Event,
  fromPromise,
  nursery,
  run,
  sleep,
  sleepForever,
} from "espalier";
import { runChild } from "../support/run_child.ts";
import { scopeTest } from "../support/virtual_test.ts";

scopeTest(
  "a task that waits for ever goes on in one async context, not in a chain of them",
  function* () {
    yield* checkpoint;
    const first = executionAsyncResource();
    yield* checkpoint;
    assert.equal(executionAsyncResource(), first);
    yield* sleep(1);
    assert.equal(executionAsyncResource(), first);
    yield* fromPromise(() => Promise.resolve());
    assert.equal(executionAsyncResource(), first);
    yield* cancelScope(function* (scope) {
      scope.cancel();
      yield* sleepForever;
    });
    yield* checkpoint;
    assert.equal(executionAsyncResource(), first);
  },
);

Deno.test("a task keeps the AsyncLocalStorage of its run, whoever wakes it", async () => {
  const storage = new AsyncLocalStorage<string>();
  const seen: unknown[] = [];
  const see = Effect.sync(() => seen.push(storage.getStore()));
  await storage.run("ours", () => {
    const event = new Event();
    setTimeout(() => storage.run("another's", () => event.set()));
    return run(nursery(function* (n) {
      n.startSoon(Effect.andThen(checkpoint, see));
      yield* see;
      yield* event.wait;
      yield* see;
      yield* Effect.sleep(1);
      yield* see;
      yield* checkpoint;
      yield* see;
    }));
  });
  assert.deepEqual(seen, Array(5).fill("ours"));
});

Deno.test("a long life costs no memory: checkpoints, scopes, cancellations, children", async () => {
  const { code, stdout, stderr } = await runChild("long_life.ts", {
    flags: ["--v8-flags=--expose-gc"],
  });
  assert.equal(stderr, "");
  assert.equal(code, 0);
  for (const [what, megabytes] of Object.entries(JSON.parse(stdout))) {
    assert(Number(megabytes) < 4, `${what}: ${megabytes} MB more`);
  }
});
