import * as Effect from "npm:effect@^4.1.0/Effect";
import { identity } from "npm:effect@^4.1.0/Function";
import { inFiber } from "./_in_fiber_scope.ts";
import { ownFiber } from "./_own_fiber_scope.ts";
import { type AnyFiber, isInterruptible } from "./_fiber_internals.ts";
import type { EnterableScope, ScopeWork } from "./_scope_work.ts";
import { canRunInFiber } from "./_scope_form.ts";
import type { ScopeNode } from "./_scope_tree.ts";
import { isForkedUnderShield, scopeOf, Strand, strandOf } from "./_strand.ts";
import { TaskNode } from "./_task_node.ts";
import { leakWatch, traceForLeaks } from "./leak_port.ts";
import { ambientRun } from "./suspend_task.ts";
import { ScopeReused } from "./usage_errors.ts";

/**
 * Runs a body inside a scope.
 *
 * There are two forms. *In-fiber*: the body runs on the fiber that enters, under a
 * frame that hears of its end, and when the scope absorbs its cancellation the
 * fiber is made to forget it.
 * *Own-fiber*: the body runs on a fiber of its own, and the entering one waits.
 * Own-fiber is for shields, for regions that Effect shields (there the fiber
 * cannot be interrupted), and for an Effect with fibers unlike those that we know.
 */
export function runInScope<S extends EnterableScope, A, E, R, B, E2>(
  work: ScopeWork<S, A, E, R, B, E2>,
): Effect.Effect<B, E2, R> {
  const trace = traceForLeaks();
  return Effect.withFiber((fiber) => {
    const scope = work.scope();
    if (leakWatch !== undefined) noteForLeaks(scope, trace);
    if (!scope.shielded && isInterruptible(fiber) && canRunInFiber()) {
      const outer = placeFor(scope, fiber, false);
      return inFiber(work, scope, outer, fiber);
    }
    return Effect.uninterruptibleMask((restore) => {
      // Effect hands over `identity` where there is nothing to restore.
      const isDeaf = (restore as unknown) === identity;
      const outer = placeFor(scope, fiber, isDeaf);
      return ownFiber(work, scope, outer, fiber, restore);
    });
  });
}

function noteForLeaks(scope: ScopeNode, trace: Error | undefined): void {
  const remains = () =>
    scope.state === "open" ? `scope "${scope.name}"` : undefined;
  leakWatch?.made(remains, { trace });
}

/** The scope around one that is entered now, and only now. */
function placeFor(
  scope: EnterableScope,
  fiber: AnyFiber,
  isDeaf: boolean,
): ScopeNode {
  if (scope.state !== "unbound") throw new ScopeReused(scope.name);
  const strand = strandOf(fiber);
  const outer = strand?.node ?? scopeOf(fiber) ?? implicitRoot(fiber);
  scope.walled = isDeaf ||
    (strand === undefined && isForkedUnderShield(outer, fiber));
  return outer;
}

/**
 * The root of a fiber that runs outside every run of ours, as in
 * `Effect.runPromise(nursery(…))`.
 */
function implicitRoot(fiber: AnyFiber): ScopeNode {
  const run = ambientRun(fiber);
  const root = new TaskNode("main", run, undefined, 0);
  root.state = "open";
  root.host = new Strand(fiber, root, run.queue);
  return root;
}
