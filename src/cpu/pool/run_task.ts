// One call that its caller waits for: the Effect behind `run`.

import type * as Effect from "npm:effect@^4.1.0/Effect";
import * as Exit from "npm:effect@^4.1.0/Exit";
import { TaskCancelled } from "../../core/cancellation_errors.ts";
import { attemptOrWait } from "../../core/checkpoint.ts";
import { countForeignWork, endForeignWait } from "../../core/foreign_work.ts";
import { nursery } from "../../core/nursery.ts";
import type { Nursery } from "../../core/task.ts";
import type { CpuError } from "../cpu_error.ts";
import type { TaskValue } from "../task_value.ts";
import { prepareArgs } from "../transport/prepare_args.ts";
import { admitted } from "./admission.ts";
import { CurrentHostCall, HostService } from "./host_service.ts";
import { Job, type JobExit, type JobOwner } from "./job.ts";
import { waitsFor } from "./reentry.ts";
import type { PoolScope } from "./pool_scope.ts";

/** What is to be run. */
export interface Request {
  readonly task: TaskValue;
  readonly args: readonly unknown[];
  readonly near: Error | undefined;
  /** Told of the job once there is one. */
  readonly onJob?: (job: Job) => void;
}

/** Runs a task and answers what it returned. */
export function runTask(
  scope: PoolScope,
  request: Request,
): Effect.Effect<unknown, CpuError> {
  const { options } = request.task;
  const limiter = options.limiter ?? scope.settings.limiter;
  const work = options.host === undefined
    ? waitForJob(scope, request, undefined)
    : nursery(
      (n: Nursery<unknown, unknown>) =>
        waitForJob(scope, request, new HostService(scope.pool, n)),
      { name: request.task.name, onChildFailure: "isolate" },
    ) as Effect.Effect<unknown, CpuError>;
  return limiter === undefined ? work : admitted(limiter, work);
}

function waitForJob(
  scope: PoolScope,
  request: Request,
  host: HostService | undefined,
): Effect.Effect<unknown, CpuError> {
  const { task } = request;
  const subject = { label: `CPU task "${task.name}"` };
  return attemptOrWait<unknown, CpuError>(
    subject,
    () => undefined,
    (settle, fiber) => {
      let isAsked = false;
      let isLeaving = false;
      const land = countForeignWork(fiber);
      const caller = fiber.getRef(CurrentHostCall);
      const settled = (exit: JobExit, ended?: Job) => {
        land();
        host?.close();
        if (caller && ended) caller.waitsFor.delete(ended);
        if (isLeaving) return;
        if (exit !== "cancelled") return void settle(exit);
        settle(
          isAsked
            ? endForeignWait(fiber)
            : Exit.die(new TaskCancelled(scope.cancellation!)),
        );
      };
      const job = begin(scope, request, {
        settled,
        hostCall: (name, args, call) => host?.call(job!, name, args, call),
      });
      if (caller && job) waitsFor(caller, job, scope.pool);
      return () => {
        if (job === undefined) return "tooLate";
        isAsked = isLeaving = true;
        const verdict = scope.pool.cancel(job);
        isLeaving = false;
        return verdict;
      };
    },
  );
}

/** Puts a job into the pool, unless it is refused at once. */
function begin(
  scope: PoolScope,
  { task, args, near, onJob }: Request,
  owner: JobOwner,
): Job | undefined {
  try {
    scope.checkOpen();
    const ready = prepareArgs(args, task.options.transfer);
    const job = new Job({ task, args: ready, owner, near });
    onJob?.(job);
    scope.pool.add(job);
    return job;
  } catch (error) {
    owner.settled(exitOfThrown(error));
    return undefined;
  }
}

/** What was thrown before a job was there: a typed failure, or a defect. */
export function exitOfThrown(error: unknown): Exit.Exit<never, CpuError> {
  return error instanceof Error && "_tag" in error &&
      error._tag === "NotSerializable"
    ? Exit.fail(error as unknown as CpuError)
    : Exit.die(error);
}
