// One call that nobody needs to wait for: what is behind `submit`.

import * as Cause from "npm:effect@^4.1.0/Cause";
import * as Exit from "npm:effect@^4.1.0/Exit";
import type { Cancellation } from "../../core/cancellation.ts";
import { type Future, settleFuture, whenSettled } from "../../core/future.ts";
import { interruptionBy } from "../../core/provenance.ts";
import { type TaskBehind, TaskFuture } from "../cpu_future.ts";
import { prepareArgs } from "../transport/prepare_args.ts";
import { HostService } from "./host_service.ts";
import { type HostCall, Job, type JobExit, type JobOwner } from "./job.ts";
import type { PoolScope } from "./pool_scope.ts";
import { waitsFor } from "./reentry.ts";
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
  const submitted = new SubmittedJob(scope, task.name);
  const { future } = submitted;
  try {
    const ready = prepareArgs(args, task.options.transfer);
    scope.workBegins();
    if (task.options.host !== undefined) {
      submitted.host = new HostService(scope.pool, scope.nursery);
    }
    const job = new Job({ task, args: ready, owner: submitted, near });
    submitted.job = job;
    scope.pool.add(job);
  } catch (error) {
    submitted.end(exitOfThrown(error));
  }
  return future;
}

/** A job and the future that shows it. */
class SubmittedJob implements TaskBehind, JobOwner {
  readonly future: TaskFuture<unknown>;
  readonly path: string;
  job: Job | undefined = undefined;
  host: HostService | undefined = undefined;
  readonly #scope: PoolScope;
  #cancellation: Cancellation | undefined = undefined;
  /** The calls to the loop that wait for it. */
  #callers: HostCall[] | undefined = undefined;

  constructor(scope: PoolScope, name: string) {
    this.#scope = scope;
    this.path = name;
    this.future = new TaskFuture<unknown>(this);
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

  awaitedBy(call: HostCall): void {
    if (this.job === undefined) return;
    (this.#callers ??= []).push(call);
    waitsFor(call, this.job, this.#scope.pool);
  }

  settled(exit: JobExit): void {
    this.#scope.workEnds();
    for (const call of this.#callers ?? []) call.waitsFor.delete(this.job!);
    this.host?.close();
    if (exit !== "cancelled") return this.end(exit);
    const why = this.#cancellation ?? this.#scope.cancellation!;
    const interrupted = Cause.fromReasons([interruptionBy(why)]);
    settleFuture(this.future, Exit.failCause(interrupted));
  }

  hostCall(name: string, args: readonly unknown[], call: number): void {
    this.host?.call(this.job!, name, args, call);
  }

  /** Settles the future with how it ended. */
  end(exit: Exit.Exit<unknown, unknown>): void {
    settleFuture(this.future, exit);
    this.#scope.noteFailed(this.future, exit);
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
    awaitedBy: (call) => void (job && waitsFor(call, job, scope.pool)),
  });
  whenSettled(child, (exit) => {
    settleFuture(future, exit);
    if (!Exit.hasInterrupts(exit)) scope.noteFailed(future, exit);
    return true;
  });
  scope.keep(child);
  return future;
}
