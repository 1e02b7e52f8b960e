import assert from "node:assert/strict";
import * as Effect from "npm:effect@^4.1.0/Effect";
import { CancelScope } from "../core/cancel_scope.ts";
import { checkpoint, shieldedCheckpoint } from "../core/checkpoint.ts";
import { sleepForever } from "../core/clock.ts";
import { nursery } from "../core/nursery.ts";
import { shield } from "../core/shield.ts";
import type { Nursery } from "../core/task.ts";
import { settle, times } from "./_law_steps.ts";
import { open, run, type Starter } from "./_nursery_like_steps.ts";
import type { NurseryLike } from "./nursery_like.ts";

/** From outside, through two levels, to everybody who waits. */
export function reachesLeaves(make: NurseryLike): Effect.Effect<unknown> {
  let reached = 0;
  const leaf = Effect.onInterrupt(
    sleepForever,
    () => Effect.sync(() => void reached++),
  );
  const branch = open(make, (n) =>
    Effect.sync(() => {
      n.startSoon(leaf);
      n.startSoon(leaf);
    }));
  return Effect.map(
    cancelled(make, (n) =>
      Effect.sync(() => {
        n.startSoon(branch);
        n.startSoon(branch);
      })),
    () => assert.equal(reached, 4, "all four leaves are cancelled"),
  );
}

/** A child that is started too late still cleans up what it brought (R17). */
export function takesFirstSteps(make: NurseryLike): Effect.Effect<unknown> {
  const trail: string[] = [];
  const child = Effect.ensuring(
    Effect.andThen(Effect.sync(() => trail.push("begun")), sleepForever),
    Effect.sync(() => trail.push("cleaned up")),
  );
  const scope = new CancelScope();
  const started = scope.run(run(make, (n) =>
    Effect.sync(() => {
      scope.cancel("before anybody has begun");
      n.startSoon(child);
    })));
  return Effect.map(
    started,
    () => assert.deepEqual(trail, ["begun", "cleaned up"]),
  );
}

/** A cleanup that waits is not cut short. */
export function finishesCleanup(make: NurseryLike): Effect.Effect<unknown> {
  const trail: string[] = [];
  return Effect.map(
    cancelled(make, (n) =>
      Effect.sync(() => {
        n.startSoon(
          Effect.ensuring(sleepForever, slowly(() => trail.push("finalizer"))),
        );
        n.startSoon(withFinally(() => trail.push("finally")));
      })),
    () => assert.deepEqual(trail.sort(), ["finalizer", "finally"]),
  );
}

/** Nothing of a nursery lives when it has ended (R27). */
export function cleansUpFirst(make: NurseryLike): Effect.Effect<unknown> {
  const trail: string[] = [];
  return Effect.gen(function* () {
    yield* cancelled(make, (n) =>
      Effect.sync(() => {
        n.startSoon(
          Effect.ensuring(sleepForever, slowly(() => trail.push("cleanup"))),
        );
      }));
    trail.push("ended");
    yield* settle;
    assert.deepEqual(trail, ["cleanup", "ended"]);
  });
}

/** Whoever was out of reach when it came meets it at the next wait (R16). */
export function isLevelTriggered(make: NurseryLike): Effect.Effect<unknown> {
  const trail: string[] = [];
  const child = Effect.gen(function* () {
    yield* shield(Effect.andThen(
      times(6, checkpoint),
      Effect.sync(() => trail.push("out of reach")),
    ));
    yield* Effect.onInterrupt(
      sleepForever,
      () => Effect.sync(() => trail.push("met")),
    );
  });
  return Effect.map(
    cancelled(make, (n) => Effect.sync(() => n.startSoon(child))),
    () => assert.deepEqual(trail, ["out of reach", "met"]),
  );
}

/** Runs a body, lets its children come to wait, and cancels it from outside. */
function cancelled(
  make: NurseryLike,
  body: (n: Starter) => Effect.Effect<unknown, unknown>,
): Effect.Effect<unknown> {
  const scope = new CancelScope();
  return nursery((n: Nursery) => {
    n.startSoon(
      Effect.andThen(
        times(4, shieldedCheckpoint),
        Effect.sync(() => scope.cancel("from outside")),
      ),
    );
    return scope.run(run(make, body));
  });
}

/** Does something after others had some turns. */
function slowly(deed: () => void): Effect.Effect<void> {
  return Effect.andThen(times(4, checkpoint), Effect.sync(deed));
}

/** A generator body whose `finally` waits. */
function withFinally(
  deed: () => void,
): () => Generator<Effect.Effect<unknown>, void> {
  return function* () {
    try {
      yield* sleepForever;
    } finally {
      yield* slowly(deed);
    }
  };
}
