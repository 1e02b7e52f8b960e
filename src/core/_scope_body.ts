import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Fiber from "npm:effect@^4.1.0/Fiber";
import { identity } from "npm:effect@^4.1.0/Function";
import { inFiber } from "./_in_fiber_scope.ts";
import { ownFiber } from "./_own_fiber_scope.ts";
import type { AnyFiber } from "./_fiber_internals.ts";
import type { EnterableScope, Restore, ScopeWork } from "./_scope_work.ts";
import { canForgetInterruption } from "./_scope_form.ts";
import type { ScopeNode } from "./_scope_tree.ts";
import { isForkedUnderShield, scopeOf, Strand } from "./_strand.ts";
import { TaskNode } from "./_task_node.ts";
import { ambientRun } from "./suspend_task.ts";
import { ScopeReused } from "./usage_errors.ts";

/**
 * Runs a body inside a scope.
 *
 * There are two forms. *In-fiber*: the body runs on the fiber that enters, and
 * when the scope absorbs its cancellation the fiber is made to forget it.
 * *Own-fiber*: the body runs on a fiber of its own, and the entering one waits.
 * Own-fiber is for shields, for regions that Effect shields (there the fiber
 * cannot be interrupted), and for an Effect whose fibers cannot forget.
 */
export function runInScope<S extends EnterableScope, A, E, R, B, E2>(
  work: ScopeWork<S, A, E, R, B, E2>,
): Effect.Effect<B, E2, R> {
  return Effect.uninterruptibleMask((restore: Restore) => {
    const fiber = Fiber.getCurrent()!;
    const scope = work.scope();
    if (scope.state !== "unbound") {
      return Effect.die(new ScopeReused(scope.name));
    }
    // Effect hands over `identity` where there is nothing to restore.
    const isDeaf = (restore as unknown) === identity;
    const outer = scopeOf(fiber) ?? implicitRoot(fiber);
    scope.walled = isDeaf || isForkedUnderShield(outer, fiber);
    return isDeaf || scope.shielded || !canForgetInterruption()
      ? ownFiber(work, scope, outer, fiber, restore)
      : inFiber(work, scope, outer, fiber, restore);
  });
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
