import * as Cause from "npm:effect@^4.1.0/Cause";
import * as Exit from "npm:effect@^4.1.0/Exit";
import type { AnyExit } from "./_exit_state.ts";
import { markOrigin } from "./_failure_origin.ts";
import type { ScopeNode, ScopeOwner } from "./_scope_tree.ts";
import { Strand } from "./_strand.ts";
import { Cancellation } from "./cancellation.ts";
import { annotationsFor, isOurs } from "./provenance.ts";

/** Annotates an interruption that a cancelled scope caused, unless it is. */
export function withCancellation<E>(
  reason: Cause.Reason<E>,
  node: ScopeNode,
): Cause.Reason<E> {
  if (!node.cancelled || isOurs(reason)) return reason;
  return reason.annotate(annotationsFor(node.strikes));
}

/**
 * Says of each reason for which `task` has ended where it came from. Effect
 * drops annotations when it interrupts children: they are attached again.
 */
export function withProvenance(
  exit: Exit.Failure<unknown, unknown>,
  task: ScopeNode & ScopeOwner,
): AnyExit {
  let changed = false;
  const reasons = exit.cause.reasons.map((reason) => {
    const marked = reason._tag === "Interrupt"
      ? interruptionOf(task, reason)
      : markOrigin(reason, task);
    if (marked !== reason) changed = true;
    return marked;
  });
  return changed ? Exit.failCause(Cause.fromReasons(reasons)) : exit;
}

/**
 * Annotates an interruption: where none of the scopes of the task was cancelled,
 * it came from Effect, and perhaps from the task itself.
 */
function interruptionOf(
  task: ScopeNode & ScopeOwner,
  reason: Cause.Interrupt,
): Cause.Reason<never> {
  if (task.cancelled || isOurs(reason)) return withCancellation(reason, task);
  const { host, path } = task;
  const isOwn = host instanceof Strand && host.fiber.id === reason.fiberId;
  const cancellation = new Cancellation({
    reason: { _tag: "Aborted", reason: "interrupted by Effect" },
    scope: path,
    requestedBy: isOwn ? path : "host",
    at: task.run!.timers.now(),
  });
  return reason.annotate(annotationsFor(cancellation));
}
