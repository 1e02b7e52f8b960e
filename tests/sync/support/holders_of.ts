import type { Task } from "espalier";
import type { AnyTask } from "../../../src/core/task.ts";

/** The tasks that could end what `task` waits for, as deadlock reports see them. */
export function holdersOf(task: Task): ReadonlyArray<AnyTask> {
  const holders = (task as AnyTask).wait?.subject?.holders?.() ?? [];
  return holders as ReadonlyArray<AnyTask>;
}
