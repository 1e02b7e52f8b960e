import type * as Effect from "npm:effect@^4.1.0/Effect";
import {
  counts,
  excludes,
  handsOver,
  keepsOrder,
  tries,
} from "./_lock_like_turns.ts";
import {
  isCancelled,
  isPlain,
  keeps,
  schedules,
  survives,
} from "./_lock_like_waits.ts";
import type { LockLike } from "./lock_like.ts";

/** A sentence about every lock, and how to find out whether it is true. */
export interface LockLikeLaw {
  readonly sentence: string;
  check(make: () => LockLike): Effect.Effect<unknown>;
}

/** What a lock is held to, one law after the other. */
export const LOCK_LIKE_LAWS: readonly LockLikeLaw[] = [
  { sentence: "one task at a time is inside", check: excludes },
  { sentence: "tryAcquire() takes what is free and only that", check: tries },
  { sentence: "acquire is a schedule point on every call", check: schedules },
  { sentence: "tasks get in in the order of asking", check: keepsOrder },
  { sentence: "nobody pushes in before a waiter", check: handsOver },
  { sentence: "acquire is a cancel point on every call", check: isCancelled },
  { sentence: "tryAcquire() and release() run no other task", check: isPlain },
  { sentence: "statistics() counts who waits", check: counts },
  { sentence: "a waiter cancelled after its turn came has it", check: keeps },
  { sentence: "a cancellation loses and doubles nothing", check: survives },
];
