import * as Scheduler from "npm:effect@^4.1.0/Scheduler";
import type { AsyncContext } from "./_async_context.ts";
import type { AnyFiber } from "./_fiber_internals.ts";
import type * as Fiber from "npm:effect@^4.1.0/Fiber";

/** A step that waits for its turn: a wake-up, a cancellation, a first step. */
export interface Job {
  /** Whose step it is, where that is known. */
  readonly owner?: object | undefined;
  /** The fiber that it makes go on, where there is one. */
  readonly fiber?: Fiber.Fiber<unknown, unknown>;
  /** The async context that it is to be taken in; any, if there is none. */
  readonly asyncContext?: AsyncContext | undefined;
  step(): void;
}

/** Where jobs wait for their turn. */
export interface RunQueue {
  /** Has what was pushed before a job always run before it? */
  readonly isInOrder: boolean;
  push(job: Job): void;
  /**
   * Did the scheduler take the turn from `fiber` between two operations? Then it
   * waits in none, and no cancellation may land there.
   */
  isPreempted(fiber: Fiber.Fiber<unknown, unknown>): boolean;
  /** Told of each wait of ours that begins, by a queue that cares. */
  began?(fiber: Fiber.Fiber<unknown, unknown>): void;
}

/** How long passes may follow each other before timers and I/O get a turn. */
const SLICE_MS = 4;

/**
 * How many jobs run before the promises that they waited for go on. A pass that
 * is longer is taken in pieces, so that a million children are not all half-way
 * at once: most of what they hold is then garbage before it is old.
 */
const PIECE = 1024;

/**
 * The queue of a run on a scheduler that is not ours: every job is a task of
 * its own, so that a scheduler that chooses the order sees each of them.
 */
export class ForeignQueue implements RunQueue {
  /** Grows with every turn on any scheduler that is not ours. */
  static turns = 0;
  readonly #scheduler: Scheduler.Scheduler & Partial<RunQueue>;
  readonly #dispatcher: Scheduler.SchedulerDispatcher;

  readonly isInOrder: boolean;

  constructor(scheduler: Scheduler.Scheduler) {
    this.#scheduler = scheduler;
    this.isInOrder = scheduler instanceof Scheduler.MixedScheduler;
    this.#dispatcher = scheduler.makeDispatcher();
  }

  isPreempted(fiber: Fiber.Fiber<unknown, unknown>): boolean {
    if (this.isInOrder) return hasUsedItsTurn(fiber);
    // A scheduler of one's own knows best whom it took the turn from.
    return this.#scheduler.isPreempted?.(fiber) ?? false;
  }

  push(job: Job): void {
    // A scheduler that takes jobs sees whose they are.
    if (this.#scheduler.push !== undefined) this.#scheduler.push(job);
    else {
      this.#dispatcher.scheduleTask(() => {
        ForeignQueue.turns++;
        const { asyncContext } = job;
        if (asyncContext === undefined) job.step();
        else asyncContext.runInAsyncScope(job.step, job, undefined);
      }, 0);
    }
  }

  began(fiber: Fiber.Fiber<unknown, unknown>): void {
    this.#scheduler.began?.(fiber);
  }
}

/**
 * The run queue of every ordinary run, and Effect's scheduler for its fibers:
 * one first-in first-out queue, worked off in batches (R23).
 *
 * A pass takes what is runnable now; what becomes runnable meanwhile waits for
 * the next pass. Passes, and the pieces of long ones, follow each other as
 * microtasks, and after {@linkcode SLICE_MS} the next one lets the event loop
 * turn first, so that no chain of wake-ups starves timers and sockets. Nothing is ever run from inside
 * `push`: this is what keeps plain calls plain (R3, R18) and stacks short.
 */
export class LoopScheduler
  implements Scheduler.Scheduler, Scheduler.SchedulerDispatcher, RunQueue {
  readonly executionMode = "async";
  readonly isInOrder = true;
  /** Called before each pass; expires deadlines (R5). */
  beforePass: (() => void) | undefined = undefined;
  /** What waits for the next pass. */
  #jobs: Array<Job | (() => void)> = [];
  /** What this pass has taken, and how far it has come. */
  #batch: Array<Job | (() => void) | undefined> = [];
  #next = 0;
  #scheduled = false;
  #passes = 0;
  /** Grows with every pass. */
  turns = 0;
  #operations = 0;
  #isInPass = false;
  #owesTurn = false;
  #yielding: AnyFiber | undefined = undefined;
  readonly #preempted = new WeakSet<AnyFiber>();
  #sliceStart = 0;
  #turning = false;

  /** Is nothing waiting for its turn? */
  get isIdle(): boolean {
    return this.#jobs.length === 0 && this.#isBetweenPasses;
  }

  get #isBetweenPasses(): boolean {
    return this.#next === this.#batch.length;
  }

  shouldYield(fiber: Fiber.Fiber<unknown, unknown>): boolean {
    // Whoever was resumed takes what it was given before it gives up its turn:
    // after that nobody can give it to somebody else.
    if (fiber.currentOpCount < 2) return false;
    if (fiber.currentOpCount >= fiber.cache.maxOpsBeforeYield) return true;
    // A chain of promises never fills a turn, and never lets the loop turn. A
    // pass ends by itself, and is never cut by the clock.
    if (this.#isInPass) return false;
    if ((++this.#operations & 255) !== 0 || !this.#sliceIsOver()) return false;
    this.#owesTurn = true;
    this.#yielding = fiber;
    return true;
  }

  isPreempted(fiber: Fiber.Fiber<unknown, unknown>): boolean {
    return this.#preempted.has(fiber) || hasUsedItsTurn(fiber);
  }

  makeDispatcher(): this {
    return this;
  }

  scheduleTask(task: () => void, _priority: number): void {
    const fiber = this.#yielding;
    this.#yielding = undefined;
    this.#jobs.push(fiber === undefined ? task : this.#resumption(fiber, task));
    if (!this.#scheduled) this.#schedule();
  }

  /** The turn in which a fiber goes on that had to give up the last one. */
  #resumption(fiber: AnyFiber, task: () => void): () => void {
    this.#preempted.add(fiber);
    return () => {
      this.#preempted.delete(fiber);
      task();
    };
  }

  push(job: Job): void {
    this.#jobs.push(job);
    if (!this.#scheduled) this.#schedule();
  }

  flush(): void {
    while (!this.isIdle) this.#pass();
  }

  #schedule(): void {
    this.#scheduled = true;
    // Looking at the clock costs as much as many a pass.
    const mayBeOver = (++this.#passes & 31) === 0 || !this.#isBetweenPasses;
    if (this.#owesTurn || (mayBeOver && this.#sliceIsOver())) {
      this.#owesTurn = false;
      setImmediate(this.#turn);
    } else {
      queueMicrotask(this.#turn);
    }
  }

  /** Measures the time since the event loop last turned. */
  #sliceIsOver(): boolean {
    if (!this.#turning) {
      this.#turning = true;
      this.#sliceStart = performance.now();
      setImmediate(() => {
        this.#turning = false;
      });
      return false;
    }
    return performance.now() - this.#sliceStart > SLICE_MS;
  }

  readonly #turn = (): void => {
    try {
      this.#pass();
    } finally {
      this.#scheduled = false;
      if (!this.isIdle) this.#schedule();
    }
  };

  #pass(): void {
    if (this.#isBetweenPasses) this.#beginPass();
    const batch = this.#batch;
    const end = Math.min(batch.length, this.#next + PIECE);
    this.#isInPass = true;
    try {
      // Invariant: a job that throws costs nobody else a turn, since `#next` is
      // past it. What has run is not held on to.
      while (this.#next < end) {
        const context = asyncContextOf(batch[this.#next]!);
        if (context === undefined) this.#step();
        else context.runInAsyncScope(this.#stepsIn, undefined, end);
      }
    } finally {
      this.#isInPass = false;
    }
  }

  #step(): void {
    const job = this.#batch[this.#next]!;
    this.#batch[this.#next++] = undefined;
    if (typeof job === "function") job();
    else job.step();
  }

  /** Cost: to change the context is dearer than a step, so many share one. */
  readonly #stepsIn = (end: number): void => {
    const context = asyncContextOf(this.#batch[this.#next]!);
    do this.#step(); while (
      this.#next < end &&
      goesAlong(this.#batch[this.#next]!, context)
    );
  };

  #beginPass(): void {
    this.turns++;
    this.beforePass?.();
    const spare = this.#batch;
    spare.length = 0;
    this.#batch = this.#jobs;
    this.#next = 0;
    this.#jobs = spare as Array<Job | (() => void)>;
  }
}

function asyncContextOf(job: Job | (() => void)): AsyncContext | undefined {
  return typeof job === "function" ? undefined : job.asyncContext;
}

/** What brings its own context along can be taken in any. */
function goesAlong(
  job: Job | (() => void),
  context: AsyncContext | undefined,
): boolean {
  const own = asyncContextOf(job);
  return own === undefined || own === context;
}

/** Effect counts the operations of a turn, and begins again with the next. */
function hasUsedItsTurn(fiber: Fiber.Fiber<unknown, unknown>): boolean {
  const { maxOpsBeforeYield, preventYield } = fiber.cache;
  return !preventYield && fiber.currentOpCount >= maxOpsBeforeYield;
}
