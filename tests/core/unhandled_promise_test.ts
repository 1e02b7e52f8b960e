import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import {
  Cancelled,
  Future,
  type Nursery,
  nursery,
  run,
  runExit,
  sleepForever,
} from "espalier";

/** What nobody handled while `body` ran and the event loop turned once more. */
async function unhandledIn(body: () => Promise<unknown>): Promise<unknown[]> {
  const reasons: unknown[] = [];
  const note = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    reasons.push(event.reason);
  };
  globalThis.addEventListener("unhandledrejection", note);
  try {
    await body();
    await new Promise((resolve) => setTimeout(resolve));
  } finally {
    globalThis.removeEventListener("unhandledrejection", note);
  }
  return reasons;
}

const failing = () => Effect.fail(new Error("no"));

Deno.test("a promise that nobody handles is no trouble where the nursery fails as well", async () => {
  const unhandled = await unhandledIn(() =>
    runExit(nursery(async (n) => {
      const failed = n.startSoon(() => Promise.reject(new Error("no")));
      const cancelled = n.startSoon(sleepForever);
      failed.promise();
      // The first is not awaited any more when the second has failed.
      await cancelled.promise();
    }))
  );
  assert.deepEqual(unhandled, []);
});

Deno.test("nor is that of a task, or of a future, that was cancelled", async () => {
  const { future } = Future.make();
  const unhandled = await unhandledIn(() =>
    run(nursery(function* (n) {
      const cancelled = n.startSoon(sleepForever);
      cancelled.promise();
      future.promise();
      cancelled.cancel();
      future.cancel();
      yield* cancelled.outcome;
    }))
  );
  assert.deepEqual(unhandled, []);
  await assert.rejects(future.promise(), Cancelled);
});

Deno.test("a failure that nobody else tells of is not lost with its promise", async () => {
  const isolated = await unhandledIn(() =>
    run(nursery(function* (n: Nursery<Error>) {
      n.startSoon(failing).promise();
      yield* Effect.void;
    }, { onChildFailure: "isolate" }))
  );
  assert.deepEqual(isolated.map(String), ["Error: no"]);
  const made = await unhandledIn(() => {
    const { future, resolver } = Future.make<void, string>();
    future.promise();
    resolver.fail("no");
    return Promise.resolve();
  });
  assert.deepEqual(made, ["no"]);
});
