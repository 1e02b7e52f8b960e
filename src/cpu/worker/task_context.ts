// What tasks reach through the worker API: the task that runs, if one does.

import type { TaskContext } from "./context.ts";
import type { HostCalls } from "./host_calls.ts";
import type { RunningTask } from "./running_task.ts";

/** Makes the context of this thread's tasks. */
export function taskContext(
  current: () => RunningTask | undefined,
  calls: HostCalls,
): TaskContext {
  return {
    cancelRequested: () => current()?.isCancelled ?? false,
    checkCancelled: () => {
      const task = current();
      if (task?.isCancelled) throw task.reason;
    },
    get signal() {
      return current()?.signal ?? AbortSignal.abort();
    },
    reportProgress: (fraction) => current()?.reportProgress(fraction),
    callHost: <T>(name: string, ...args: unknown[]) => {
      const task = current();
      return task ? calls.call(task, name, args) as Promise<T> : Promise.reject(
        new Error(`Cannot call "${name}" on the host: no task is running`),
      );
    },
  };
}
