import { type AnyFiber, isInterruptible } from "./_fiber_internals.ts";
import { isForkedUnderShield, scopeOf, strandIn } from "./_strand.ts";
import { annotationsFor } from "./provenance.ts";

/**
 * Interrupts a running fiber whose scope is cancelled: its current operation
 * ends with the interruption. Answers whether it did.
 */
export function interruptIfCancelled(fiber: AnyFiber): boolean {
  const node = scopeOf(fiber);
  if (node === undefined) return false;
  node.run!.timers.expire();
  if (!node.cancelled || !isInterruptible(fiber)) return false;
  if (isForkedUnderShield(node, fiber)) return false;
  const strand = strandIn(node, fiber);
  if (strand !== undefined) strand.interrupt();
  else {
    const cancellation = node.strikes;
    fiber.interruptUnsafe(undefined, annotationsFor(cancellation));
  }
  return true;
}
