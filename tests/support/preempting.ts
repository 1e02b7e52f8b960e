import type * as Fiber from "effect/Fiber";
import type * as Scheduler from "effect/Scheduler";
import type { Result, RunOptions } from "espalier";
import { loopScheduler } from "../../src/core/_run_state.ts";
import { type Dice, diceOf } from "./dice.ts";
import { virtualRun } from "./virtual_test.ts";

/**
 * Registers a test that runs its body again and again, each time on a scheduler
 * that takes turns away at other places, and with dice that fall otherwise.
 */
export function preemptedTest(
  name: string,
  body: (dice: Dice) => Result<unknown, unknown, never>,
  { seeds = 300, ...options }: { seeds?: number } & RunOptions = {},
): void {
  Deno.test(name, async () => {
    for (let seed = 1; seed <= seeds; seed++) {
      try {
        await virtualRun(() => body(diceOf(seed)), {
          ...options,
          scheduler: new Preempting(seed),
        });
      } catch (error) {
        throw new Error(`It broke with seed ${seed}`, { cause: error });
      }
    }
  });
}

/**
 * Takes the turn from a fiber before one in three of its operations, and says so
 * when it is asked.
 */
export class Preempting implements Scheduler.Scheduler {
  readonly executionMode = "async";
  readonly #preempted = new Set<object>();
  #yielding: object | undefined = undefined;
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  shouldYield(fiber: Fiber.Fiber<unknown, unknown>): boolean {
    // Effect livelocks where a fiber loses its turn before its first operation.
    if (fiber.currentOpCount < 2 || this.#random() % 3 > 0) return false;
    this.#yielding = fiber;
    return true;
  }

  isPreempted(fiber: object): boolean {
    return this.#preempted.has(fiber);
  }

  makeDispatcher(): Scheduler.SchedulerDispatcher {
    // On the loop of every run, so that a clock that jumps sees each turn.
    const dispatcher = loopScheduler();
    return {
      scheduleTask: (task, priority) => {
        const fiber = this.#yielding;
        this.#yielding = undefined;
        if (fiber === undefined) dispatcher.scheduleTask(task, priority);
        else {
          this.#preempted.add(fiber);
          dispatcher.scheduleTask(() => {
            this.#preempted.delete(fiber);
            task();
          }, priority);
        }
      },
      flush: () => dispatcher.flush(),
    };
  }

  #random(): number {
    return this.#state = (this.#state * 48_271) % 2_147_483_647;
  }
}
