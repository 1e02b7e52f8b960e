import type * as Effect from "npm:effect@^4.1.0/Effect";
import type * as Scope from "npm:effect@^4.1.0/Scope";
import type { ReceiveChannel } from "../../channels/channel.ts";
import type { CpuError } from "../cpu_error.ts";
import type { TaskFuture } from "../cpu_future.ts";
import { taskValue } from "../task_value.ts";
import { mapTasks } from "./map_tasks.ts";
import type { PoolScope } from "./pool_scope.ts";
import { runTask } from "./run_task.ts";
import { statisticsOf } from "./scope_statistics.ts";
import { streamTask } from "./stream_task.ts";
import { submitTask } from "./submit_task.ts";
import type { CpuStatistics } from "./tally.ts";

/** Tasks under way that know where they were asked for. */
const MOST_STACKS = 64;

/** What a CPU scope can be asked for, behind its types. */
export class CpuRequests {
  readonly #scope: PoolScope;

  constructor(scope: PoolScope) {
    this.#scope = scope;
  }

  run(task: unknown, ...args: unknown[]): Effect.Effect<unknown, CpuError> {
    return runTask(this.#scope, {
      task: taskValue(task),
      args,
      near: this.#near(),
    });
  }

  submit(task: unknown, ...args: unknown[]): TaskFuture<unknown> {
    return submitTask(this.#scope, {
      task: taskValue(task),
      args,
      near: this.#near(),
    });
  }

  map(
    task: unknown,
    items: Iterable<unknown>,
    options: { readonly chunk?: number | "auto"; readonly ordered?: boolean } =
      {},
  ): Effect.Effect<unknown[], CpuError> {
    const { chunk = "auto", ordered = true } = options;
    if (chunk !== "auto" && !(Number.isInteger(chunk) && chunk > 0)) {
      throw new RangeError(
        `Cannot map: 'chunk' must be a positive integer or "auto": received ${chunk}`,
      );
    }
    return mapTasks(this.#scope, {
      task: taskValue(task),
      items,
      chunk: chunk === "auto" ? 1 : chunk,
      ordered,
      near: this.#near(),
    });
  }

  stream(
    task: unknown,
    ...args: unknown[]
  ): Effect.Effect<ReceiveChannel<unknown, CpuError>, never, Scope.Scope> {
    const request = { task: taskValue(task), args, near: this.#near() };
    return streamTask(this.#scope, request);
  }

  statistics(): CpuStatistics {
    return statisticsOf(this.#scope.pool);
  }

  /**
   * Where a task is asked for; its text is made only if somebody reads it. In a
   * burst, where it would cost more than the tasks, there is none.
   */
  #near(): Error | undefined {
    if (this.#scope.pool.tally.open > MOST_STACKS) return undefined;
    return new Error("asked for here");
  }
}
