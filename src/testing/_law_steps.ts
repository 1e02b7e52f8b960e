import assert from "node:assert/strict";
import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Result from "npm:effect@^4.1.0/Result";
import { shieldedCheckpoint } from "../core/checkpoint.ts";
import { nursery } from "../core/nursery.ts";
import type { Nursery } from "../core/task.ts";
import type { LockLike } from "./lock_like.ts";

/** Lets everybody who can run come to the point where nobody can. */
export const settle: Effect.Effect<void> = times(8, shieldedCheckpoint);

export function take(lock: LockLike): Effect.Effect<void> {
  return Effect.orDie(lock.acquire);
}

export function isFree(lock: LockLike, otherwise: string): Effect.Effect<void> {
  return Effect.sync(() => {
    assert.ok(Result.isSuccess(lock.tryAcquire()), otherwise);
    lock.release();
  });
}

export function times(
  count: number,
  effect: Effect.Effect<unknown>,
): Effect.Effect<void> {
  return Effect.gen(function* () {
    for (let i = 0; i < count; i++) yield* effect;
  });
}

export function within(
  body: (n: Nursery) => Effect.Effect<unknown>,
): Effect.Effect<unknown> {
  return nursery((n: Nursery) => body(n));
}

export function together(
  bodies: ReadonlyArray<Effect.Effect<unknown>>,
  then: () => void,
): Effect.Effect<unknown> {
  const all = within((n) =>
    Effect.sync(() => {
      bodies.forEach((body) => n.startSoon(body));
    })
  );
  return Effect.map(all, then);
}
