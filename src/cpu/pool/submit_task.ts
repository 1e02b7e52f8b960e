// One call that nobody needs to wait for: what is behind `submit`.

import * as Cause from "npm:effect@^4.1.0/Cause";
import * as Exit from "npm:effect@^4.1.0/Exit";
import type { Cancellation } from "../../core/cancellation.ts";
import { type Future, settleFuture, whenSettled } from "../../core/future.ts";
import { interruptionBy } from "../../core/provenance.ts";
import { type TaskBehind, TaskFuture } from "../cpu_future.ts";
import { prepareArgs } from "../transport/prepare_args.ts";
import { HostService } from "./host_service.ts";
import { Job, type JobExit } from "./job.ts";
import type { PoolScope } from "./pool_scope.ts";
import { exitOfThrown, type Request, runTask } from "./run_task.ts";

/** Puts a task into the queue and answers its future. */
export function submitTask(
  scope: PoolScope,
  request: Request,
): TaskFuture<unknown> {
  scope.checkOpen();
  const { limiter = scope.settings.limiter } = request.task.options;
  return limiter === undefined
    ? submitJob(scope, request)
    : submitFiber(scope, request);
}

function submitJob(scope: PoolScope, request: Request): TaskFuture<unknown> {
  const { task, args, near } = request;
  const behind = new JobBehind(scope, task.name);
  const future = new TaskFuture<unknown>(behind);
  const settle = (exit: Exit.Exit<unknown, unknown>) => {
    settleFuture(future, exit);
    scope.noteFailed(future, exit);
  };
  try {
    const ready = prepareArgs(args, task.options.transfer);
    scope.workBegins();
    const host = task.options.host &&
      new HostService(scope.pool, scope.nursery);
    const owner = {
      settled(exit: JobExit) {
        scope.workEnds();
        host?.close();
        if (exit !== "cancelled") settle(exit);
        else settleFuture(future, behind.cancelled());
      },
      hostCall(name: string, args: readonly unknown[], call: number) {
        host?.call(behind.job!, name, args, call);
      },
    };
    behind.job = new Job({ task, args: ready, owner, near });
    scope.pool.add(behind.job);
  } catch (error) {
    settle(exitOfThrown(error));
  }
  return future;
}

/** A job as its future shows it. */
class JobBehind implements TaskBehind {
  readonly path: string;
  job: Job | undefined = undefined;
  readonly #scope: PoolScope;
  #cancellation: Cancellation | undefined = undefined;

  constructor(scope: PoolScope, name: string) {
    this.#scope = scope;
    this.path = name;
  }

  get label() {
    return `CPU task "${this.path}"`;
  }

  get stopped() {
    return this.job?.stopped;
  }

  get status() {
    const state = this.job?.state;
    if (state === "stopping") return "cancelling";
    return state === "sent" ? "running" : "pending";
  }

  cancelWith(cancellation: Cancellation): void {
    this.#cancellation ??= cancellation;
    if (this.job) this.#scope.pool.cancel(this.job);
  }

  cancelled(): Exit.Exit<never> {
    const why = this.#cancellation ?? this.#scope.cancellation!;
    return Exit.failCause(Cause.fromReasons([interruptionBy(why)]));
  }
}

/** A task that has to be admitted first: a fiber waits for that. */
function submitFiber(scope: PoolScope, request: Request): TaskFuture<unknown> {
  let job: Job | undefined;
  const child: Future<unknown, unknown> = scope.nursery.startSoon(
    runTask(scope, { ...request, onJob: (made) => void (job = made) }),
    { name: request.task.name },
  );
  const future = new TaskFuture<unknown>({
    label: `CPU task "${request.task.name}"`,
    path: request.task.name,
    get stopped() {
      return job?.stopped;
    },
    get status() {
      return child.status;
    },
    cancelWith: (cancellation) => child.cancel(cancellation.reason),
  });
  whenSettled(child, (exit) => {
    settleFuture(future, exit);
    if (!Exit.hasInterrupts(exit)) scope.noteFailed(future, exit);
    return true;
  });
  scope.keep(child);
  return future;
}
