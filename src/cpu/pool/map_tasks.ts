// One task for each of many items: what is behind `map`.

import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Exit from "npm:effect@^4.1.0/Exit";
import { TaskCancelled } from "../../core/cancellation_errors.ts";
import { attemptOrWait } from "../../core/checkpoint.ts";
import { countForeignWork, endForeignWait } from "../../core/foreign_work.ts";
import { nursery } from "../../core/nursery.ts";
import type { Nursery } from "../../core/task.ts";
import type { CpuError } from "../cpu_error.ts";
import type { TaskValue } from "../task_value.ts";
import { prepareArgs } from "../transport/prepare_args.ts";
import { Job, type JobExit } from "./job.ts";
import type { PoolScope } from "./pool_scope.ts";
import { exitOfThrown, runTask } from "./run_task.ts";

/** What is to be mapped, and how. */
export interface MapRequest {
  readonly task: TaskValue;
  readonly items: Iterable<unknown>;
  /** How many items go to one worker together. */
  readonly chunk: number;
  readonly ordered: boolean;
  readonly near: Error | undefined;
}

/** How many items are under way at once: as many as workers can prefetch. */
const WINDOW = 2048;

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
      const run = new MapRun(scope, request, (exit) => {
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

/** With calls to the loop, or a limiter: a fiber waits for each item. */
function mapFibers(
  scope: PoolScope,
  { task, items, ordered, near }: MapRequest,
): Effect.Effect<unknown[], CpuError> {
  const results: unknown[] = [];
  const all = nursery((n: Nursery<CpuError>) =>
    Effect.sync(() => {
      let index = 0;
      for (const item of items) {
        const at = index++;
        const one = runTask(scope, { task, args: [item], near });
        n.startSoon(
          Effect.map(one, (result) => {
            results[ordered ? at : results.length] = result;
          }),
        );
      }
    }), { name: task.name });
  return Effect.map(all, () => results) as Effect.Effect<unknown[], CpuError>;
}

type MapExit = Exit.Exit<unknown[], CpuError> | "cancelled";

/** One `map` under way. */
class MapRun {
  /** Whether whoever waits was cancelled. */
  isAsked = false;
  readonly #scope: PoolScope;
  readonly #request: MapRequest;
  readonly #done: (exit: MapExit) => void;
  readonly #results: unknown[] = [];
  readonly #jobs = new Set<Job>();
  #iterator: Iterator<unknown> | undefined;
  #made = 0;
  #end: MapExit | undefined;
  #isFilling = false;

  constructor(
    scope: PoolScope,
    request: MapRequest,
    done: (exit: MapExit) => void,
  ) {
    this.#scope = scope;
    this.#request = request;
    this.#done = done;
  }

  start(): void {
    this.#guarded(() => {
      this.#scope.checkOpen();
      this.#iterator = this.#request.items[Symbol.iterator]();
    });
    this.#fill();
  }

  /** Ends it with `end`, once everything under way has stopped. */
  cancel(end: MapExit): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#closeItems();
    for (const job of [...this.#jobs]) this.#scope.pool.cancel(job);
    this.#checkDone();
  }

  #fill(): void {
    if (this.#isFilling) return;
    this.#isFilling = true;
    const { chunk } = this.#request;
    while (this.#iterator !== undefined && this.#jobs.size < WINDOW) {
      const jobs = this.#nextChunk(chunk);
      this.#scope.pool.add(...jobs);
    }
    this.#isFilling = false;
    this.#checkDone();
  }

  #nextChunk(chunk: number): Job[] {
    const jobs: Job[] = [];
    const group = chunk > 1 ? {} : undefined;
    this.#guarded(() => {
      while (jobs.length < chunk) {
        const step = this.#iterator!.next();
        if (step.done) {
          this.#iterator = undefined;
          return;
        }
        jobs.push(this.#makeJob(step.value, group));
      }
    });
    return jobs;
  }

  #makeJob(item: unknown, group: object | undefined): Job {
    const { task, near } = this.#request;
    const index = this.#made++;
    const job: Job = new Job({
      task,
      args: prepareArgs([item], task.options.transfer),
      owner: { settled: (exit) => this.#settled(job, index, exit) },
      near,
      group,
    });
    this.#jobs.add(job);
    return job;
  }

  /** What goes wrong before a job is there ends everything. */
  #guarded(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.cancel(exitOfThrown(error));
    }
  }

  #settled(job: Job, index: number, exit: JobExit): void {
    this.#jobs.delete(job);
    if (exit === "cancelled") this.cancel("cancelled");
    else if (Exit.isFailure(exit)) this.cancel(Exit.failCause(exit.cause));
    else {
      const { ordered } = this.#request;
      this.#results[ordered ? index : this.#results.length] = exit.value;
      if (this.#jobs.size * 2 < WINDOW) this.#fill();
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
    if (this.#iterator !== undefined || this.#jobs.size > 0) return;
    if (this.#isFilling) return;
    this.#done(this.#end ?? Exit.succeed(this.#results));
  }
}
