/**
 * The defect of a `run` that could never start: every worker of the scope waits
 * for a call to the loop, and each of those calls waits for the scope.
 *
 * Give the inner work a scope of its own, or the scope another worker.
 *
 * @example Read the message
 * ```ts
 * import { ReentryDeadlock } from "espalier/cpu";
 * import assert from "node:assert/strict";
 *
 * const error = new ReentryDeadlock("inner", "cpuScope", 2);
 * assert.equal(
 *   error.message,
 *   'Cannot run "inner" in "cpuScope": its 2 workers wait for calls that wait for it',
 * );
 * ```
 */
export class ReentryDeadlock extends Error {
  /** Discriminates this error. */
  readonly _tag = "ReentryDeadlock";
  /** Shown in stack traces. */
  override readonly name = "ReentryDeadlock";

  /**
   * Builds the error.
   *
   * @param task The name of the task that cannot start.
   * @param scope The name of the scope.
   * @param workers How many workers it has.
   */
  constructor(
    readonly task: string,
    readonly scope: string,
    readonly workers: number,
  ) {
    const all = workers === 1
      ? "its worker waits"
      : `its ${workers} workers wait`;
    super(
      `Cannot run "${task}" in "${scope}": ${all} for calls that wait for it`,
    );
  }
}
