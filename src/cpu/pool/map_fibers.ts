import * as Effect from "npm:effect@^4.1.0/Effect";
import { nursery } from "../../core/nursery.ts";
import type { Nursery } from "../../core/task.ts";
import type { CpuError } from "../cpu_error.ts";
import { iteratorOf, type MapRequest } from "./map_request.ts";
import type { PoolScope } from "./pool_scope.ts";
import { runTask } from "./run_task.ts";

/** How many items are under way at once. */
const MOST = 256;

/**
 * Runs the task on each item where a fiber has to wait for each: with calls to
 * the loop, or a limiter.
 */
export function mapFibers(
  scope: PoolScope,
  request: MapRequest,
): Effect.Effect<unknown[], CpuError> {
  return Effect.suspend(() => {
    const iterator = iteratorOf(request.items);
    const results: unknown[] = [];
    let isDone = false;
    const all = nursery((n: Nursery<CpuError>) => {
      let made = 0, runners = 0;
      const runner = Effect.gen(function* () {
        // Terminates: with the items.
        while (!isDone) {
          const step = iterator.next();
          if (step.done) {
            isDone = true;
            return;
          }
          const index = made++;
          if (runners < MOST) startRunner();
          const args = [step.value];
          const result = yield* runTask(scope, { ...request, args });
          results[request.ordered ? index : results.length] = result;
        }
      });
      const startRunner = () => {
        runners++;
        n.startSoon(runner);
      };
      startRunner();
      return Effect.void;
    }, { name: request.task.name });
    const close = Effect.sync(() => {
      if (!isDone) iterator.return?.();
    });
    return Effect.as(Effect.ensuring(all, close), results) as Effect.Effect<
      unknown[],
      CpuError
    >;
  });
}
