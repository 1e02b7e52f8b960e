import { TaskValue } from "./task_value.ts";
import type { TaskOf } from "./cpu_task.ts";
import { taskSource } from "./task_source.ts";
import type { TaskContext } from "./worker/context.ts";

/**
 * Makes a task of a function that stands for itself: its source is sent, so it
 * can use nothing of what surrounds it here and can import nothing at its top.
 * The worker API is its `this`.
 *
 * Needs no permission at all.
 *
 * @example A function and nothing else
 * ```ts
 * import { cpuScope, inline } from "espalier/cpu";
 * import { run } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const sum = inline((numbers: number[]) => numbers.reduce((a, b) => a + b, 0));
 * assert.equal(await run(cpuScope((cpu) => cpu.run(sum, [1, 2, 3]))), 6);
 * ```
 *
 * @typeParam F The type of the function.
 * @param fn The function: sync, async, or a generator.
 * @returns The task.
 * @throws {TypeError} If its source does not stand for itself: a native or bound
 * function, a class, an accessor.
 */
export function inline<
  F extends (this: TaskContext, ...a: never[]) => unknown,
>(fn: F): TaskOf<OmitThisParameter<F>> {
  const source = taskSource(fn as (...args: never[]) => unknown);
  const name = fn.name || "anonymous";
  const task = new TaskValue({ kind: "inline", source, name });
  return task as unknown as TaskOf<OmitThisParameter<F>>;
}
