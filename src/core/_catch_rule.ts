import * as Cause from "npm:effect@^4.1.0/Cause";
import * as Exit from "npm:effect@^4.1.0/Exit";
import { type AnyFiber, setInterruption } from "./_fiber_internals.ts";
import type { EnterableScope } from "./_scope_work.ts";
import type { Strand } from "./_strand.ts";
import type { AnyExit } from "./_exit_state.ts";
import { withCancellation } from "./_exit_provenance.ts";
import { annotationsFor } from "./provenance.ts";

/** The result of a scope that absorbed everything: nothing is left to say. */
export const ABSORBED: AnyExit = Exit.succeed(undefined);

/** Where a scope that has just been left was entered. */
export interface ScopeExit {
  readonly scope: EnterableScope;
  /** The fiber that entered it. */
  readonly fiber: AnyFiber;
  /** The strand of that fiber; it is in the outer scope again. */
  readonly strand: Strand | undefined;
  /** Did the body run on `fiber` itself, which must then forget? */
  readonly isInFiber: boolean;
  /** Interruptions that came from Effect and from none of our scopes. */
  readonly byEffect: ReadonlyArray<Cause.Reason<never>>;
}

/**
 * The catch rule (R9): a scope absorbs the interruptions that pass through it
 * when it is cancelled and no outer cancellation is visible through it. The
 * decision is taken now, so a cancel or a shield that came while the
 * interruption was on its way is honoured.
 */
export function settleOn(at: ScopeExit, exit: AnyExit): AnyExit {
  const { scope } = at;
  if (!scope.cancelled || Exit.isSuccess(exit)) {
    meetOuterCancellation(at.strand);
    return exit;
  }
  return scope.hearsOuterCancellation
    ? passOn(at, exit.cause.reasons)
    : absorb(at, exit.cause.reasons);
}

type Reasons = ReadonlyArray<Cause.Reason<unknown>>;

function absorb(at: ScopeExit, reasons: Reasons): AnyExit {
  const { fiber, strand, byEffect } = at;
  if (at.isInFiber && strand !== undefined) {
    setInterruption(
      fiber,
      byEffect.length > 0 ? Cause.fromReasons(byEffect) : undefined,
    );
    strand.delivered = false;
  }
  const rest = [...reasons.filter((it) => !isInterrupt(it)), ...byEffect];
  meetOuterCancellation(strand);
  at.scope.caught = rest.length < reasons.length;
  return rest.length === 0 ? ABSORBED : Exit.failCause(Cause.fromReasons(rest));
}

/**
 * Hands interruptions on to the outer scope that is cancelled too, each saying
 * by whom, and makes them unskippable on the fiber that goes on there.
 */
function passOn(at: ScopeExit, reasons: Reasons): AnyExit {
  const { scope, fiber, strand } = at;
  const told = reasons.map((reason) =>
    isInterrupt(reason) ? withCancellation(reason, scope) : reason
  );
  if (reasons.some(isInterrupt) && !strand?.delivered) {
    if (strand !== undefined) strand.delivered = true;
    // The fiber is in an uninterruptible region here: this only records, and is
    // raised, together with the failure on its way, when the region is left.
    const cancellation = scope.strikes;
    fiber.interruptUnsafe(undefined, annotationsFor(cancellation));
  }
  return Exit.failCause(Cause.fromReasons(told));
}

/** Lets an outer cancellation that was hidden meet the fiber in its next wait. */
export function meetOuterCancellation(strand: Strand | undefined): void {
  if (strand?.node.cancelled && !strand.delivered) strand.enqueue();
}

function isInterrupt(reason: Cause.Reason<unknown>): boolean {
  return reason._tag === "Interrupt";
}
