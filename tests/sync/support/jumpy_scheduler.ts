import type * as Scheduler from "effect/Scheduler";

/**
 * Takes the turn away from a fiber before about every third operation, the one
 * that follows a wake-up included: whatever relies on two operations being done
 * in one go is found out. The same moments every time.
 */
export class JumpyScheduler implements Scheduler.Scheduler {
  readonly executionMode = "async";
  #state: number;

  /** @param seed Chooses the moments: a positive integer. */
  constructor(seed = 1) {
    this.#state = seed;
  }

  shouldYield(): boolean {
    this.#state = (this.#state * 48_271) % 0x7fffffff;
    return this.#state % 3 === 0;
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
