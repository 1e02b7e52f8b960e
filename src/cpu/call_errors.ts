// What a worker says went wrong, as the error that the caller sees.

import { DeadlineExceeded } from "../core/errors.ts";
import type { WireFailure } from "../wire/flatten_failure.ts";
import { reviveFailure } from "../wire/revive_failure.ts";
import { errorClassOf } from "./error_registry.ts";
import { NotSerializable, TaskFailed, TaskNotFound } from "./errors.ts";
import type { Death } from "./substrate/substrate.ts";
import type { Fault } from "./transport/frame_kinds.ts";
import { WorkerCrashed, WorkerOutOfMemory } from "./worker_death.ts";

/** What is known of the call that went wrong. */
export interface FailedCall {
  /** The name of the task. */
  readonly task: string;
  /** The address of its module, or `"inline"`. */
  readonly module: string;
  /** The number of the worker that ran it. */
  readonly worker: number;
  /** Its timeout in milliseconds. */
  readonly timeout?: number | undefined;
  /** MiB of heap that the worker had. */
  readonly memoryLimit?: number | undefined;
  /** Where on the loop it was asked for. */
  readonly nearStack?: string | undefined;
}

/**
 * The error for a fault.
 *
 * One whose `why` is `"cancelled"` is no failure of the task where the caller
 * has cancelled it; where nobody has, it failed with what it threw.
 */
export function errorOfFault(
  fault: Fault,
  call: FailedCall,
): TaskFailed | TaskNotFound | NotSerializable | DeadlineExceeded {
  switch (fault.why) {
    case "unsendable":
      return new NotSerializable(fault.path, fault.kind);
    case "deadline":
      return new DeadlineExceeded(call.task, call.timeout ?? 0);
    case "missing": {
      const { missing: why, detail } = fault;
      const cause = fault.failure ? { cause: revive(fault.failure) } : {};
      return new TaskNotFound(call.module, call.task, {
        why,
        detail,
        ...cause,
      });
    }
    case "threw":
    case "cancelled": {
      const far = stackOf(fault.failure);
      const near = call.nearStack ?? "";
      const cause = revive(fault.failure);
      const hint = hintFor(call, cause);
      return new TaskFailed(call.task, call.worker, cause, { far, near, hint });
    }
  }
}

/** What is most likely the matter when an inline task misses a name. */
function hintFor(call: FailedCall, cause: unknown): string | undefined {
  if (call.module !== "inline" || !(cause instanceof ReferenceError)) return;
  return "an inline task sees its arguments and globals, nothing around it";
}

/** The error for a worker that ended under its task. */
export function errorOfDeath(
  death: Death,
  call: FailedCall,
): WorkerCrashed | WorkerOutOfMemory {
  if (death.how === "outOfMemory") {
    return new WorkerOutOfMemory(call.task, call.memoryLimit ?? 0);
  }
  const { exitCode, failure } = death;
  return new WorkerCrashed(call.task, call.worker, {
    exitCode,
    ...(failure ? { cause: revive(failure) } : {}),
  });
}

function revive(failure: WireFailure): unknown {
  return reviveFailure(failure, errorClassOf);
}

function stackOf({ root, errors }: WireFailure): string {
  return "error" in root ? errors[root.error]?.stack ?? "" : "";
}
