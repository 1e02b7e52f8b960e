import type * as Fiber from "npm:effect@^4.1.0/Fiber";
import { isInterruptible as canBeInterrupted } from "./_fiber_internals.ts";
import type { Job, RunQueue } from "./_run_queue.ts";
import { CurrentScope, scopeOf } from "./_strand.ts";
import type { AnyTask } from "./task.ts";

/** A step of a task that waits for its turn. */
export interface Turn extends Job {}

/**
 * What a scheduler may offer on top of Effect's, to be handed whole turns, which
 * say whose they are, instead of functions.
 */
export interface TurnTaker extends RunQueue {}

/** The task that a fiber works for, if it is one of a run of ours. */
export function taskOf(
  fiber: Fiber.Fiber<unknown, unknown>,
): AnyTask | undefined {
  return scopeOf(fiber)?.owner as AnyTask | undefined;
}

/** Is a fiber outside the regions that Effect shields? */
export function isInterruptible(
  fiber: Fiber.Fiber<unknown, unknown>,
): boolean {
  return canBeInterrupted(fiber);
}

/** The task in which a fiber was forked, which may have ended since. */
export function originOf(
  fiber: Fiber.Fiber<unknown, unknown>,
): AnyTask | undefined {
  return fiber.getRef(CurrentScope)?.owner as AnyTask | undefined;
}
