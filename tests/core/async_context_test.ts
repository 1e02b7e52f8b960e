import assert from "node:assert/strict";
import { AsyncLocalStorage, executionAsyncResource } from "node:async_hooks";
import * as Effect from "effect/Effect";
import { MixedScheduler } from "effect/Scheduler";
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

for (const scheduler of ["the loop", "Effect's"]) {
  Deno.test(`runs side by side keep their AsyncLocalStorage apart, on the scheduler of ${scheduler}`, async () => {
    const storage = new AsyncLocalStorage<number>();
    const wrong: string[] = [];
    const own = (store: number, where: string) =>
      Effect.sync(() => {
        const seen = storage.getStore();
        if (seen !== store) wrong.push(`${where} of ${store} saw ${seen}`);
      });
    const body = (store: number) =>
      nursery(function* (n) {
        const child = Effect.andThen(
          own(store, "the first step"),
          Effect.andThen(checkpoint, own(store, "a later step")),
        );
        for (let i = 0; i < 10; i++) {
          n.startSoon(
            Effect.andThen(child, nursery((n) => n.startSoon(child))),
          );
          yield* checkpoint;
          yield* Effect.orDie(
            n.start<void, typeof child>((status) =>
              Effect.andThen(child, Effect.sync(() => status.started()))
            ),
          );
        }
      });
    await Promise.all([1, 2, 3].map((store) => {
      const options = scheduler === "the loop"
        ? {}
        : { scheduler: new MixedScheduler() };
      return storage.run(store, () => run(body(store), options));
    }));
    assert.deepEqual(wrong, []);
  });
}

Deno.test("a long life costs no memory: checkpoints, scopes, cancellations, children", async () => {
  const { code, stdout, stderr } = await runChild("long_life.ts", {
    flags: ["--v8-flags=--expose-gc"],
  });
  assert.equal(stderr, "");
  assert.equal(code, 0);
  for (const [what, megabytes] of Object.entries(JSON.parse(stdout))) {
    assert(Number(megabytes) < 1, `${what}: ${megabytes} MB more`);
  }
});
