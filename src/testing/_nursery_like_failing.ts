import assert from "node:assert/strict";
import * as Cause from "npm:effect@^4.1.0/Cause";
import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Exit from "npm:effect@^4.1.0/Exit";
import { checkpoint } from "../core/checkpoint.ts";
import { sleepForever } from "../core/clock.ts";
import { times } from "./_law_steps.ts";
import { run } from "./_nursery_like_steps.ts";
import type { NurseryLike } from "./nursery_like.ts";

/** The first failure ends those who wait for ever (R26). */
export function cancelsSiblings(make: NurseryLike): Effect.Effect<unknown> {
  let cancelled = 0;
  const waiting = Effect.onInterrupt(
    sleepForever,
    () => Effect.sync(() => void cancelled++),
  );
  return Effect.map(
    run(make, (n) =>
      Effect.sync(() => {
        n.startSoon(waiting);
        n.startSoon(failing("first"));
        n.startSoon(waiting);
      })),
    (exit) => {
      assert.deepEqual(failuresOf(exit), ["first"]);
      assert.equal(cancelled, 2, "the others are cancelled");
    },
  );
}

/** The body is a child like the others (R25). */
export function cancelsBody(make: NurseryLike): Effect.Effect<unknown> {
  return Effect.map(
    run(make, (n) =>
      Effect.andThen(
        Effect.sync(() => n.startSoon(failing("child"))),
        sleepForever,
      )),
    (exit) => assert.deepEqual(failuresOf(exit), ["child"]),
  );
}

/** The body is a child like the others (R25). */
export function spreadsFromBody(make: NurseryLike): Effect.Effect<unknown> {
  return Effect.map(
    run(make, (n) =>
      Effect.andThen(
        Effect.sync(() => n.startSoon(sleepForever)),
        failing("body"),
      )),
    (exit) => assert.deepEqual(failuresOf(exit), ["body"]),
  );
}

/** Each failure is kept, typed or not, in the order of events (R26, R28). */
export function keepsFailures(make: NurseryLike): Effect.Effect<unknown> {
  const trail: string[] = [];
  const note = (failure: string) => Effect.sync(() => trail.push(failure));
  const inCleanup = Effect.ensuring(
    sleepForever,
    Effect.andThen(
      Effect.andThen(times(3, checkpoint), note("in the cleanup")),
      Effect.die("in the cleanup"),
    ),
  );
  const outOfReach = Effect.uninterruptible(Effect.andThen(
    Effect.andThen(times(6, checkpoint), note("out of reach")),
    Effect.die("out of reach"),
  ));
  const first = Effect.uninterruptible(Effect.andThen(
    Effect.andThen(checkpoint, note("typed")),
    Effect.fail("typed"),
  ));
  const together = run(make, (n) =>
    Effect.sync(() => {
      for (const child of [inCleanup, outOfReach, first]) n.startSoon(child);
    }));
  return Effect.map(together, (exit) => {
    assert.deepEqual(failuresOf(exit), trail);
    assert.equal(trail.length, 3);
  });
}

/** Fails after others had a turn. */
function failing(error: string): Effect.Effect<never, string> {
  return Effect.andThen(checkpoint, Effect.fail(error));
}

/** Every failure, typed or not, in the order of the cause. */
function failuresOf(exit: Exit.Exit<unknown, unknown>): unknown[] {
  if (Exit.isSuccess(exit)) return [];
  return exit.cause.reasons.flatMap((reason) =>
    Cause.isFailReason(reason)
      ? [reason.error]
      : Cause.isDieReason(reason)
      ? [reason.defect]
      : []
  );
}
