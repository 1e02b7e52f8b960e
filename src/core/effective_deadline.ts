import { effectiveDeadline } from "./_scope_tree.ts";
import { currentScope } from "./_current_scope.ts";
import { NotInRun } from "./usage_errors.ts";

/**
 * The moment at which the current task will be cancelled: the earliest deadline
 * around it, up to the nearest shield; `-Infinity` if it is cancelled already,
 * `Infinity` if there is none (R6).
 *
 * @example Pass a deadline on to somebody else
 * ```ts
 * import { currentEffectiveDeadline, moveOnAt, run } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * await run(moveOnAt(1e12, Effect.sync(() => {
 *   assert.equal(currentEffectiveDeadline(), 1e12);
 * })));
 * ```
 *
 * @returns Milliseconds on the run clock.
 * @throws {NotInRun} Outside a task.
 */
export function currentEffectiveDeadline(): number {
  const node = currentScope();
  if (node === undefined) throw new NotInRun("read the effective deadline");
  node.run!.timers.expire();
  return effectiveDeadline(node);
}
