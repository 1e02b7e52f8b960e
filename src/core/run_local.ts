import { NotInRun } from "./usage_errors.ts";
import { runningTask } from "./task.ts";
import { initialOf, type LocalOptions } from "./task_local.ts";

/**
 * A value that all tasks of one run share; every run starts afresh (R62).
 *
 * @example A counter for the whole run
 * ```ts
 * import { run, RunLocal } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * const hits = new RunLocal({ initial: () => 0 });
 * const hit = Effect.sync(() => hits.set(hits.get() + 1));
 * const twice = function* () {
 *   yield* hit;
 *   yield* hit;
 *   return hits.get();
 * };
 * assert.equal(await run(twice), 2);
 * assert.equal(await run(twice), 2);
 * ```
 *
 * @typeParam T The type of the value.
 */
export class RunLocal<T> {
  readonly #initial: () => T;

  /**
   * Makes a local.
   *
   * @param options How to make the first value of a run, and a name.
   * @throws {TypeError} If `initial` is no function.
   */
  constructor(options: LocalOptions<T>) {
    this.#initial = initialOf(options, "a run local");
  }

  /**
   * The value of the current run; the initial one is made when first read.
   *
   * @returns The value.
   * @throws {NotInRun} Outside a task.
   */
  get(): T {
    const locals = this.#locals("read");
    if (!locals.has(this)) locals.set(this, this.#initial());
    return locals.get(this) as T;
  }

  /**
   * Changes the value for all tasks of the current run.
   *
   * @param value The new value.
   * @throws {NotInRun} Outside a task.
   */
  set(value: T): void {
    this.#locals("write").set(this, value);
  }

  #locals(verb: string): Map<object, unknown> {
    const task = runningTask();
    if (task === undefined) throw new NotInRun(`${verb} a run local`);
    return task.run.locals;
  }
}
