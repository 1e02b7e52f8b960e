// One task for each of many items: what is behind `map`.

import type * as Effect from "npm:effect@^4.1.0/Effect";
import * as Exit from "npm:effect@^4.1.0/Exit";
import { TaskCancelled } from "../../core/cancellation_errors.ts";
import { attemptOrWait } from "../../core/checkpoint.ts";
import { countForeignWork, endForeignWait } from "../../core/foreign_work.ts";
import type { CpuError } from "../cpu_error.ts";
import { prepareArgs } from "../transport/prepare_args.ts";
import { CurrentHostCall } from "./host_service.ts";
import { type HostCall, Job, type JobExit, type JobOwner } from "./job.ts";
import { mapFibers } from "./map_fibers.ts";
import { iteratorOf, type MapRequest } from "./map_request.ts";
import type { PoolScope } from "./pool_scope.ts";
import { waitsFor } from "./reentry.ts";
import { exitOfThrown } from "./run_task.ts";

/** How many items are under way at once: as many as workers can prefetch. */
const WINDOW = 2048;
/** How many of them are handed to the pool together. */
const BATCH = 64;

/** Runs the task on each item and answers the results. */
export function mapTasks(
  scope: PoolScope,
  request: MapRequest,
): Effect.Effect<unknown[], CpuError> {
  const { options } = request.task;
  const needsFibers = options.host !== undefined ||
    (options.limiter ?? scope.settings.limiter) !== undefined;
  if (needsFibers) return mapFibers(scope, request);
  const subject = { label: `CPU tasks "${request.task.name}"` };
  return attemptOrWait<unknown[], CpuError>(
    subject,
    () => undefined,
    (settle, fiber) => {
      const land = countForeignWork(fiber);
      const caller = fiber.getRef(CurrentHostCall);
      const run = new MapRun(scope, { ...request, caller }, (exit) => {
        land();
        if (exit !== "cancelled") return void settle(exit);
        settle(
          run.isAsked
            ? endForeignWait(fiber)
            : Exit.die(new TaskCancelled(scope.cancellation!)),
        );
      });
      run.start();
      return () => {
        run.isAsked = true;
        run.cancel("cancelled");
        return "tooLate";
      };
    },
  );
}

type MapExit = Exit.Exit<unknown[], CpuError> | "cancelled";

/** One `map` under way. */
class MapRun implements JobOwner {
  /** Whether whoever waits was cancelled. */
  isAsked = false;
  readonly #scope: PoolScope;
  readonly #request: MapRequest;
  readonly #caller: HostCall | undefined;
  readonly #done: (exit: MapExit) => void;
  readonly #results: unknown[] = [];
  /** How many jobs have not ended. */
  #underWay = 0;
  #iterator: Iterator<unknown> | undefined;
  #made = 0;
  #end: MapExit | undefined;
  #isFilling = false;

  constructor(
    scope: PoolScope,
    request: MapRequest & { readonly caller: HostCall | undefined },
    done: (exit: MapExit) => void,
  ) {
    this.#scope = scope;
    this.#request = request;
    this.#caller = request.caller;
    this.#done = done;
  }

  start(): void {
    this.#guarded(() => {
      this.#scope.checkOpen();
      this.#iterator = iteratorOf(this.#request.items);
    });
    this.#fill();
  }

  /** Ends it with `end`, once everything under way has stopped. */
  cancel(end: MapExit): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#closeItems();
    this.#cancelJobs();
    this.#checkDone();
  }

  #fill(): void {
    if (this.#isFilling) return;
    this.#isFilling = true;
    // The first ones go out at once, the others many at a time.
    for (
      let most = 1;
      this.#iterator !== undefined && this.#underWay < WINDOW;
      most = Math.min(most * 2, BATCH)
    ) {
      this.#addSome(most);
    }
    this.#isFilling = false;
    this.#checkDone();
  }

  /** Makes jobs of the next items and hands them to the pool. */
  #addSome(most: number): void {
    const { chunk } = this.#request;
    const jobs: Job[] = [];
    this.#guarded(() => {
      while (jobs.length < most) {
        const group = chunk > 1 ? {} : undefined;
        for (let count = 0; count < chunk; count++) {
          const step = this.#iterator!.next();
          if (step.done) {
            this.#iterator = undefined;
            return;
          }
          jobs.push(this.#makeJob(step.value, group));
        }
      }
    });
    // What went wrong has ended everything.
    if (this.#end !== undefined) return;
    this.#underWay += jobs.length;
    this.#scope.pool.add(...jobs);
    if (this.#caller) {
      for (const job of jobs) waitsFor(this.#caller, job, this.#scope.pool);
    }
    // One that was refused has ended all but those behind it.
    if (this.#end !== undefined) this.#cancelJobs();
  }

  #makeJob(item: unknown, group: object | undefined): Job {
    const { task, near } = this.#request;
    const args = prepareArgs([item], task.options.transfer);
    const index = this.#made++;
    return new Job({ task, args, owner: this, near, group, index });
  }

  #cancelJobs(): void {
    const { pool } = this.#scope;
    for (const job of [...pool.open]) if (job.owner === this) pool.cancel(job);
  }

  /** What goes wrong before a job is there ends everything. */
  #guarded(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.cancel(exitOfThrown(error));
    }
  }

  settled(exit: JobExit, job: Job): void {
    this.#underWay--;
    this.#caller?.waitsFor.delete(job);
    if (exit === "cancelled") this.cancel("cancelled");
    else if (Exit.isFailure(exit)) this.cancel(Exit.failCause(exit.cause));
    else {
      const { ordered } = this.#request;
      this.#results[ordered ? job.index : this.#results.length] = exit.value;
      if (this.#underWay * 2 < WINDOW) this.#fill();
    }
    this.#checkDone();
  }

  #closeItems(): void {
    const iterator = this.#iterator;
    this.#iterator = undefined;
    try {
      iterator?.return?.();
    } catch (error) {
      this.#end = Exit.die(error);
    }
  }

  #checkDone(): void {
    if (this.#iterator !== undefined || this.#underWay > 0) return;
    if (this.#isFilling) return;
    this.#done(this.#end ?? Exit.succeed(this.#results));
  }
}
