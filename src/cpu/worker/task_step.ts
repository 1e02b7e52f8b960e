// The synchronous parts of a task, each run within what is left of its time.

import { runWithin, STOPPED } from "./deadline.ts";

/** Runs one synchronous part of a task. */
export type RunStep = <A>(step: () => A) => A;

/** Thrown by a step that was cut off. */
export const CUT_OFF: Error = new Error(
  "Cannot finish the step: its time is up",
);

/** Runs each step within what is left of the budget. */
export function stepWithin(budget: number | undefined): RunStep {
  if (budget === undefined) return atOnce;
  const deadline = performance.now() + budget;
  return (step) => {
    const result = runWithin(deadline - performance.now(), step);
    if (result === STOPPED) throw CUT_OFF;
    return result;
  };
}

function atOnce<A>(step: () => A): A {
  return step();
}

/** Whether a task's answer is to be waited for. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value &&
    typeof value.then === "function";
}
