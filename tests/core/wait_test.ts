import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import type * as Scheduler from "effect/Scheduler";
import { run } from "espalier";
import { type Settle, suspendOn } from "../../src/core/suspend_task.ts";

for (let operation = 0; operation < 12; operation++) {
  for (const who of ["interrupted", "resumed"] as const) {
    Deno.test(`a result is taken or given away, once, although the ${who} fiber loses its turn before operation ${operation} (R14)`, async () => {
      const scheduler = new OneSwitch();
      const trail: string[] = [];
      let settle: Settle<string, never> | undefined;
      const wait = suspendOn<string>({ label: "a gift" }, (it) => {
        settle = it;
        return () => "aborted";
      });

      await run(
        Effect.gen(function* () {
          const fiber = yield* Effect.forkChild(
            Effect.map(wait, (taken) => trail.push(taken)),
            { startImmediately: true },
          );
          settle!(Exit.succeed("taken"), () => trail.push("given away"));
          scheduler.switchBefore(operation);
          if (who === "resumed") yield* Effect.yieldNow;
          fiber.interruptUnsafe();
          yield* Fiber.await(fiber);
        }),
        { scheduler },
      );

      assert.equal(trail.length, 1, trail.join());
    });
  }
}

for (let operation = 0; operation < 12; operation++) {
  Deno.test(`a wait that cannot be undone is over when its result comes, although the interrupted fiber loses its turn before operation ${operation} (R15)`, async () => {
    const scheduler = new OneSwitch();
    const trail: string[] = [];
    let settle: Settle<string, never> | undefined;
    const wait = suspendOn<string>({ label: "a gift" }, (it) => {
      settle = it;
      return () => "tooLate";
    });

    await run(
      Effect.gen(function* () {
        const fiber = yield* Effect.forkChild(wait, { startImmediately: true });
        scheduler.switchBefore(operation);
        fiber.interruptUnsafe();
        settle!(Exit.succeed("taken"), () => trail.push("given away"));
        yield* Fiber.await(fiber);
      }),
      { scheduler },
    );

    assert.deepEqual(trail, ["given away"]);
  });
}

/** Takes the turn away from a fiber once, before a chosen operation. */
class OneSwitch implements Scheduler.Scheduler {
  readonly executionMode = "async";
  #left = Infinity;

  switchBefore(operation: number): void {
    this.#left = operation;
  }

  shouldYield(): boolean {
    return this.#left-- === 0;
  }

  makeDispatcher(): Scheduler.SchedulerDispatcher {
    const tasks: Array<() => void> = [];
    const flush = () => {
      for (const task of tasks.splice(0)) task();
    };
    return {
      scheduleTask(task) {
        tasks.push(task);
        queueMicrotask(flush);
      },
      flush,
    };
  }
}
