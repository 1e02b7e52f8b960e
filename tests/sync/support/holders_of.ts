import type { Task } from "espalier";
import type { AnyTask } from "../../../src/core/task.ts";

/** The tasks that could end what `task` waits for, as deadlock reports see them. */
export function holdersOf(task: Task): ReadonlyArray<unknown> {
  return (task as AnyTask).wait?.subject?.holders?.() ?? [];
}
