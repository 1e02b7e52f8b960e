import assert from "node:assert/strict";
import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Result from "npm:effect@^4.1.0/Result";
import { checkpoint } from "../core/checkpoint.ts";
import { CriticalSection } from "./_critical_section.ts";
import { settle, take, times, together, within } from "./_law_steps.ts";
import type { LockLike } from "./lock_like.ts";

export function excludes(make: () => LockLike): Effect.Effect<unknown> {
  const section = new CriticalSection(make());
  const worker = times(
    10,
    section.visit(Effect.andThen(checkpoint, checkpoint)),
  );
  return together([worker, worker, worker, worker, worker], () => {
    assert.equal(section.visitors.length, 50, "how often somebody was inside");
  });
}

export function keepsOrder(make: () => LockLike): Effect.Effect<unknown> {
  const section = new CriticalSection(make());
  const worker = times(5, section.visit(Effect.void));
  return together([worker, worker, worker], () => {
    const [...visitors] = section.visitors;
    const first = visitors.slice(0, 3);
    assert.equal(
      new Set(first).size,
      3,
      "how many were inside before a second",
    );
    assert.deepEqual(visitors, [first, first, first, first, first].flat());
  });
}

export function handsOver(make: () => LockLike): Effect.Effect<unknown> {
  const lock = make();
  const section = new CriticalSection(lock);
  return within((n) =>
    Effect.gen(function* () {
      yield* take(lock);
      n.startSoon(section.visit(checkpoint), { name: "waiter" });
      yield* settle;
      lock.release();
      assert.ok(Result.isFailure(lock.tryAcquire()), "taken before a waiter");
      assert.deepEqual(section.visitors, [], "the waiter ran in release()");
      yield* section.visit(Effect.void);
      assert.equal(section.visitors[0], "waiter", "who came first");
    })
  );
}

export function tries(make: () => LockLike): Effect.Effect<unknown> {
  const lock = make();
  const fails = (what: string) =>
    Effect.sync(() => assert.ok(Result.isFailure(lock.tryAcquire()), what));
  const succeeds = (what: string) =>
    Effect.sync(() => {
      assert.ok(Result.isSuccess(lock.tryAcquire()), what);
      lock.release();
    });
  return within((n) =>
    Effect.gen(function* () {
      assert.ok(Result.isSuccess(lock.tryAcquire()), "a new one is free");
      yield* n.startSoon(fails("what another task took"));
      lock.release();
      yield* n.startSoon(succeeds("what was released"));
      yield* take(lock);
      yield* n.startSoon(fails("what another task acquired"));
      lock.release();
    })
  );
}

export function counts(make: () => LockLike): Effect.Effect<unknown> {
  const lock = make();
  const section = new CriticalSection(lock);
  const waiting = () => lock.statistics?.().waiting;
  if (waiting() === undefined) return Effect.void;
  return within((n) =>
    Effect.gen(function* () {
      yield* take(lock);
      const seen = [waiting()];
      const first = n.startSoon(section.visit(checkpoint));
      yield* settle;
      seen.push(waiting());
      n.startSoon(section.visit(checkpoint));
      yield* settle;
      seen.push(waiting());
      first.cancel();
      yield* settle;
      seen.push(waiting());
      lock.release();
      seen.push(waiting());
      assert.deepEqual(seen, [0, 1, 2, 1, 0]);
    })
  );
}
