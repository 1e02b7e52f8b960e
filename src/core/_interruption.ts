import type * as Cause from "npm:effect@^4.1.0/Cause";
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
 * Annotates the interruption that ended `task`: where none of its scopes was
 * cancelled, it came from Effect, and perhaps from the task itself.
 */
export function interruptionOf(
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
