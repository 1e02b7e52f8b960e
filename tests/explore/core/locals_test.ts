import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import { checkpoint, RunLocal, TaskLocal } from "espalier";
import { prove } from "../support/prove.ts";
import { each, together } from "../support/together.ts";

Deno.test("TaskLocal follows a task and its children, and nobody else, however they interleave (R61)", async () => {
  await prove(function* () {
    const request = new TaskLocal({ initial: () => "none" });
    const handle = (name: string) =>
      request.provide(
        name,
        Effect.gen(function* () {
          assert.equal(request.get(), name);
          yield* together({
            child: Effect.sync(() => assert.equal(request.get(), name)),
          });
          assert.equal(request.get(), name);
        }),
      );
    yield* together(each("ab", handle));
    assert.equal(request.get(), "none");
  }, { cancelEverywhere: true, atLeast: 200 });
});

Deno.test("RunLocal is one value for all tasks of a run, and a new one in the next (R62)", async () => {
  const hits = new RunLocal({ initial: () => 0 });
  await prove(function* () {
    assert.equal(hits.get(), 0);
    yield* together(
      each("ab", () =>
        Effect.andThen(
          checkpoint,
          Effect.sync(() => hits.set(hits.get() + 1)),
        )),
    );
    assert.equal(hits.get(), 2);
  }, { preemptions: 2, atLeast: 50 });
});
