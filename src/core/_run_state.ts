import * as Clock from "npm:effect@^4.1.0/Clock";
import * as Context from "npm:effect@^4.1.0/Context";
import type * as Scheduler from "npm:effect@^4.1.0/Scheduler";
import { Bridges } from "./_bridges.ts";
import type { Hooks } from "./_hooks.ts";
import { ForeignQueue, LoopScheduler, type RunQueue } from "./_run_queue.ts";
import { liveTime } from "./_live_time.ts";
import { timeOf } from "./_time_source.ts";
import { TimerHeap } from "./_timers.ts";

/** What every task of one run shares. */
export class RunState {
  readonly queue: RunQueue;
  readonly clock: Clock.Clock;
  readonly timers: TimerHeap;
  /** Whether spawns and cancels note where they came from. */
  readonly capturesStacks: boolean;
  /** How late a cleanup may be before it is reported, in milliseconds. */
  readonly slowCleanup: number;
  /** Who listens; `undefined` costs nothing. */
  readonly hooks: Hooks | undefined;
  /** The values of every `RunLocal` that was set or read in this run. */
  readonly locals = new Map<object, unknown>();
  /** Where tasks that have children are; forgotten when one of them moves. */
  paths = new WeakMap<object, string>();
  /** Promises of the host that tasks of this run wait for (R69). */
  readonly bridges = new Bridges();
  /** Ends the run with an internal error; replaced when the run has a root. */
  crash: (error: Error) => void = (error) => reportError(error);

  constructor(settings: RunSettings) {
    this.queue = settings.scheduler instanceof LoopScheduler
      ? settings.scheduler
      : new ForeignQueue(settings.scheduler);
    this.clock = settings.clock;
    this.timers = heapOf(settings.clock);
    this.capturesStacks = settings.capturesStacks ?? false;
    this.slowCleanup = settings.slowCleanup ?? 5_000;
    this.hooks = settings.hooks;
  }
}

/** What a run is started with. */
export interface RunSettings {
  readonly clock: Clock.Clock;
  readonly scheduler: Scheduler.Scheduler;
  readonly capturesStacks?: boolean | undefined;
  readonly slowCleanup?: number | undefined;
  readonly hooks?: Hooks | undefined;
}

let loop: LoopScheduler | undefined;
const heaps = new WeakMap<Clock.Clock, TimerHeap>();

/** The scheduler and run queue of every run that does not bring its own. */
export function loopScheduler(): LoopScheduler {
  if (loop === undefined) {
    loop = new LoopScheduler();
    loop.beforePass = liveTimers().expire;
  }
  return loop;
}

/** The timers of the platform's clock, which also keep the process alive. */
export function liveTimers(): TimerHeap {
  return heapOf(liveClock());
}

/** Effect's own clock. */
export function liveClock(): Clock.Clock {
  return Context.get(Context.empty(), Clock.Clock);
}

function heapOf(clock: Clock.Clock): TimerHeap {
  let heap = heaps.get(clock);
  if (heap === undefined) {
    const isLive = clock === liveClock();
    heap = new TimerHeap(isLive ? liveTime : timeOf(clock), isLive);
    heaps.set(clock, heap);
  }
  return heap;
}
