import assert from "node:assert/strict";
import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Option from "npm:effect@^4.1.0/Option";
import { CancelScope } from "../core/cancel_scope.ts";
import { checkpoint } from "../core/checkpoint.ts";
import { CriticalSection } from "./_critical_section.ts";
import { type Stage, stopAtEveryStep } from "./_injection.ts";
import { isFree, settle, take, times, within } from "./_law_steps.ts";
import type { LockLike } from "./lock_like.ts";

export function schedules(make: () => LockLike): Effect.Effect<unknown> {
  const lock = make();
  return within((n) =>
    Effect.gen(function* () {
      let other = false;
      n.startSoon(Effect.sync(() => {
        other = true;
      }));
      yield* take(lock);
      assert.ok(other, "no other task had a turn");
      lock.release();
    })
  );
}

export function isCancelled(make: () => LockLike): Effect.Effect<unknown> {
  const lock = make();
  const cancelled = Effect.gen(function* () {
    const scope = new CancelScope();
    scope.cancel();
    const got = yield* scope.run(take(lock));
    assert.ok(Option.isNone(got), "acquired in a cancelled scope");
  });
  return within((n) =>
    Effect.gen(function* () {
      yield* cancelled;
      yield* isFree(lock, "a cancelled acquire took it");
      yield* take(lock);
      yield* n.startSoon(cancelled);
      lock.release();
      yield* isFree(lock, "a cancelled waiter was given it");
    })
  );
}

export function isPlain(make: () => LockLike): Effect.Effect<unknown> {
  const lock = make();
  const section = new CriticalSection(lock);
  return within((n) =>
    Effect.gen(function* () {
      let other = false;
      n.startSoon(Effect.sync(() => {
        other = true;
      }));
      lock.tryAcquire();
      lock.release();
      assert.ok(!other, "another task had a turn");
      yield* take(lock);
      n.startSoon(section.visit(Effect.void));
      yield* settle;
      lock.release();
      assert.deepEqual(section.visitors, [], "the waiter had a turn");
    })
  );
}

export function keeps(make: () => LockLike): Effect.Effect<unknown> {
  const lock = make();
  const section = new CriticalSection(lock);
  return within((n) =>
    Effect.gen(function* () {
      yield* take(lock);
      const early = n.startSoon(section.visit(checkpoint), { name: "early" });
      const late = n.startSoon(section.visit(checkpoint), { name: "late" });
      n.startSoon(section.visit(checkpoint), { name: "next" });
      yield* settle;
      early.cancel();
      lock.release();
      late.cancel();
      yield* settle;
      assert.deepEqual(section.visitors, ["late", "next"]);
      assert.equal(late.status, "cancelled", "how the late one ended");
      yield* isFree(lock, "the cancelled ones have it");
    })
  );
}

/** The victim asks first, second or third, and may ask again. */
export function survives(make: () => LockLike): Effect.Effect<unknown> {
  return Effect.forEach(
    [0, 1, 2],
    (place) => stopAtEveryStep((stage) => threeOnStage(make(), place, stage)),
  );
}

function threeOnStage(
  lock: LockLike,
  place: number,
  { nursery: n, startVictim, hit }: Stage,
): Effect.Effect<unknown> {
  const section = new CriticalSection(lock);
  const visit = times(2, section.visit(Effect.andThen(checkpoint, checkpoint)));
  for (let i = 0; i < 3; i++) {
    if (i === place) startVictim(visit);
    else n.startSoon(visit, { name: `worker ${i}` });
  }
  return Effect.gen(function* () {
    const workers = section.visitors.filter((name) => name !== "victim");
    assert.equal(workers.length, 4, `how often the others were inside: ${hit}`);
    yield* isFree(lock, `it is lost: ${hit}`);
  });
}
