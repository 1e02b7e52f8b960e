import * as Fiber from "npm:effect@^4.1.0/Fiber";
import type * as EffectScheduler from "npm:effect@^4.1.0/Scheduler";
import type { AnyTask } from "../core/task.ts";
import { taskOf, type Turn, type TurnTaker } from "../core/turn_port.ts";
import { BlockedListeners } from "./_blocked_listeners.ts";
import { cancelForTest } from "./_cancel_for_test.ts";
import { Question, type ReadyStep } from "./_question.ts";
import type { Decision, Path, Scheduler } from "./schedulers/scheduler.ts";

export type AnyFiber = Fiber.Fiber<unknown, unknown>;

/** A step that is ready to be taken. */
export interface Step extends ReadyStep {
  readonly task: AnyTask | undefined;
  readonly fiber: AnyFiber | undefined;
  /** Does a task go on that was preempted? */
  readonly isContinuation: boolean;
  /** Is a task told that it is cancelled? */
  readonly isDelivery?: boolean;
  run(): void;
}

/**
 * How many steps it counts as when a task goes on that was made to give up its
 * turn: there were two thousand operations in which it did not wait.
 */
const CONTINUATION_STEPS = 500;

/** How an interleaving is to be made. */
export interface SimulationSettings {
  readonly scheduler: Scheduler;
  /** How many times a task may be preempted between two operations. */
  readonly preemptions: number;
  /** May one child task be cancelled? */
  readonly cancels: boolean;
}

/** Who watches an interleaving, to tell of it. */
export interface Watcher {
  /** A choice is about to be made. */
  chosenAmong(kind: Decision["kind"], ready: readonly Step[]): void;
  /** A step is about to be taken. */
  stepTaken(step: Step): void;
  preempted(): void;
  cancelled(task: AnyTask): void;
  /** There are no choices any more, only cleanup. */
  over(): void;
}

/**
 * Effect's scheduler, and the run queue, of one run whose every choice is made
 * by a {@linkcode Scheduler}: whatever is ready waits here until it is picked.
 *
 * Nothing runs by itself: somebody calls `step` until it answers `false`.
 */
export class Simulation
  implements
    EffectScheduler.Scheduler,
    EffectScheduler.SchedulerDispatcher,
    TurnTaker {
  readonly executionMode = "async";
  readonly isInOrder = false;
  readonly path: { answers: number[]; widths: number[] } & Path = {
    answers: [],
    widths: [],
  };
  /** How many steps have been taken. */
  steps = 0;
  /** The step that is being taken. */
  current: Step | undefined = undefined;
  watcher: Watcher | undefined = undefined;
  /** Who is told when nothing is ready. */
  readonly blockedListeners: BlockedListeners = new BlockedListeners();
  /** Called when something becomes ready while nothing is being done. */
  whenReady: (() => void) | undefined = undefined;
  /** The fiber that has just begun a wait of ours. */
  waiting: AnyFiber | undefined = undefined;
  readonly #scheduler: Scheduler;
  readonly #ready: Step[] = [];
  /** Fibers that were preempted, with the steps that wait for them to go on. */
  readonly #preempted = new Map<AnyFiber, Step[]>();
  readonly #actors = new Map<object | undefined, number>();
  #preemptionsLeft: number;
  #mayCancel: boolean;
  #preempting: AnyFiber | undefined = undefined;
  /** The step that the running task was preempted for. */
  #next: Step | undefined = undefined;
  /** Are there no choices any more, only cleanup? */
  isWindingDown = false;

  constructor(settings: SimulationSettings) {
    this.#scheduler = settings.scheduler;
    this.#preemptionsLeft = settings.preemptions;
    this.#mayCancel = settings.cancels;
  }

  makeDispatcher(): this {
    return this;
  }

  shouldYield(fiber: AnyFiber): boolean {
    return fiber.currentOpCount >= fiber.cache.maxOpsBeforeYield;
  }

  flush(): void {
    while (this.step());
  }

  /** Part of Effect's dispatcher: a fiber that gives up its turn. */
  scheduleTask(run: () => void): void {
    const fiber = Fiber.getCurrent();
    const isContinuation = fiber !== undefined &&
      (fiber === this.#preempting || this.shouldYield(fiber));
    this.#preempting = undefined;
    if (isContinuation && !this.#preempted.has(fiber)) {
      this.#preempted.set(fiber, []);
    }
    const task = fiber === undefined ? undefined : taskOf(fiber);
    this.#add({ task, fiber, isContinuation, run });
  }

  /** Part of the run queue: a wake-up, a cancellation or a first step. */
  push(turn: Turn): void {
    const step: Step = {
      task: turn.owner as AnyTask | undefined,
      fiber: turn.fiber,
      isContinuation: false,
      isDelivery: "cancelArrived" in turn,
      run: () => turn.step(),
    };
    const held = turn.fiber && this.#preempted.get(turn.fiber);
    if (held === undefined) this.#add(step);
    else held.push(step);
  }

  /** The way back of a wait that Effect resumes. */
  wakeUp(fiber: AnyFiber, run: () => void): void {
    this.#add({ task: taskOf(fiber), fiber, isContinuation: false, run });
  }

  isPreempted(fiber: AnyFiber): boolean {
    return fiber === this.#preempting || this.#preempted.has(fiber);
  }

  began(fiber: AnyFiber): void {
    this.waiting = fiber;
  }

  /** From now on there are no choices: all goes as in an ordinary run. */
  windDown(): void {
    this.isWindingDown = true;
    this.watcher?.over();
    this.#preemptionsLeft = 0;
    this.#mayCancel = false;
  }

  /** Does `fiber`, which is running, lose its turn before its next operation? */
  preempts(fiber: AnyFiber): boolean {
    if (this.#preemptionsLeft === 0 || this.#ready.length === 0) return false;
    const answer = this.#decide(
      "preempt",
      this.#ready.length + 1,
      taskOf(fiber) ?? fiber,
    );
    if (answer === 0) return false;
    this.#preemptionsLeft--;
    this.#next = this.#ready[answer - 1];
    this.#preempting = fiber;
    this.watcher?.preempted();
    return true;
  }

  /** Is there a step to take? */
  get isReady(): boolean {
    return this.#ready.length > 0;
  }

  /** Takes one step; answers whether there was one to take. */
  step(): boolean {
    const step = this.#pick();
    if (step === undefined) return false;
    this.steps += step.isContinuation ? CONTINUATION_STEPS : 1;
    if (this.#mayCancel) this.#offerCancel(step.task);
    this.current = step;
    this.watcher?.stepTaken(step);
    if (step.isContinuation) this.#release(step.fiber!);
    step.run();
    this.current = undefined;
    if (this.#mayCancel && !this.#isReady(step.task)) {
      this.#offerCancel(step.task);
    }
    return true;
  }

  #add(step: Step): void {
    this.#ready.push(step);
    if (this.current === undefined) this.whenReady?.();
  }

  #pick(): Step | undefined {
    const forced = this.#next;
    this.#next = undefined;
    const ready = this.#ready;
    if (forced !== undefined) {
      const place = ready.indexOf(forced);
      if (place >= 0) return ready.splice(place, 1)[0];
    }
    if (ready.length <= 1) return ready.pop();
    const place = this.#decide("turn", ready.length, undefined);
    return ready.splice(place, 1)[0];
  }

  /** Lets go of what waited for a preempted fiber to go on. */
  #release(fiber: AnyFiber): void {
    const held = this.#preempted.get(fiber);
    this.#preempted.delete(fiber);
    if (held !== undefined) this.#ready.push(...held);
  }

  #isReady(task: AnyTask | undefined): boolean {
    return this.#ready.some((step) => step.task === task);
  }

  #offerCancel(task: AnyTask | undefined): void {
    // The root is never cancelled, and what has ended or is cancelled already
    // has nothing left to show.
    if (task?.parentTask === undefined) return;
    if (task.exit !== undefined || task.cancelled) return;
    if (this.#decide("cancel", 2, task) === 0) return;
    this.#mayCancel = false;
    this.watcher?.cancelled(task);
    cancelForTest(task);
  }

  #decide(
    kind: Decision["kind"],
    width: number,
    running: object | undefined,
  ): number {
    if (this.isWindingDown) return 0;
    this.watcher?.chosenAmong(kind, this.#ready);
    const answer = this.#scheduler.decide(
      new Question(kind, width, this.#ready, running, this.#actors),
    );
    this.path.answers.push(answer);
    this.path.widths.push(width);
    return answer;
  }
}
