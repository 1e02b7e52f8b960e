import assert from "node:assert/strict";
import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Exit from "npm:effect@^4.1.0/Exit";
import { checkpoint } from "../core/checkpoint.ts";
import { times } from "./_law_steps.ts";
import { run, type Starter } from "./_nursery_like_steps.ts";
import type { NurseryLike } from "./nursery_like.ts";

/** The value of the body comes out. */
export function answers(make: NurseryLike): Effect.Effect<unknown> {
  return Effect.map(
    run(make, () => Effect.as(checkpoint, "answer")),
    (exit) => assert.deepEqual(exit, Exit.succeed("answer")),
  );
}

/** A body that has ended leaves its children alone and waits for them (R29). */
export function joins(make: NurseryLike): Effect.Effect<unknown> {
  const ended: number[] = [];
  return Effect.map(
    run(make, (n) =>
      Effect.sync(() => {
        for (const steps of [5, 1, 3]) {
          n.startSoon(
            Effect.andThen(
              times(steps, checkpoint),
              Effect.sync(() => ended.push(steps)),
            ),
          );
        }
      })),
    (exit) => {
      assert.ok(Exit.isSuccess(exit), `it ended with ${exit}`);
      assert.deepEqual(ended.sort(), [1, 3, 5]);
    },
  );
}

/** As long as one child lives, it may start another (R30). */
export function joinsGrandchildren(make: NurseryLike): Effect.Effect<unknown> {
  const ended: number[] = [];
  const child = (n: Starter, generation: number): Effect.Effect<void> =>
    Effect.andThen(
      times(2, checkpoint),
      Effect.sync(() => {
        ended.push(generation);
        if (generation < 3) n.startSoon(child(n, generation + 1));
      }),
    );
  return Effect.map(
    run(make, (n) => Effect.sync(() => n.startSoon(child(n, 1)))),
    () => assert.deepEqual(ended, [1, 2, 3]),
  );
}

/** A call is a call: the child begins in a later turn (R18). */
export function startsLater(make: NurseryLike): Effect.Effect<unknown> {
  const trail: string[] = [];
  return Effect.map(
    run(make, (n) =>
      Effect.sync(() => {
        n.startSoon(Effect.sync(() => trail.push("child")));
        trail.push("body");
      })),
    () => assert.deepEqual(trail, ["body", "child"]),
  );
}

/** Whoever kept the handle is refused (R30). */
export function isClosedAfterwards(make: NurseryLike): Effect.Effect<unknown> {
  let kept: Starter | undefined;
  return Effect.map(
    run(make, (n) =>
      Effect.sync(() => {
        kept = n;
      })),
    () => assert.throws(() => kept?.startSoon(Effect.void)),
  );
}
