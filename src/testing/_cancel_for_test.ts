import { Cancellation } from "../core/cancellation.ts";
import type { AnyTask } from "../core/task.ts";

/** Cancels a child task as `Future.cancel` does, in the name of the test. */
export function cancelForTest(task: AnyTask): void {
  task.cancelWith(
    new Cancellation({
      reason: { _tag: "Explicit", message: "cancelEverywhere" },
      scope: task.path,
      requestedBy: "host",
      at: task.run.timers.now(),
    }),
  );
}
