import * as Cause from "npm:effect@^4.1.0/Cause";
import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Exit from "npm:effect@^4.1.0/Exit";
import * as Tracer from "npm:effect@^4.1.0/Tracer";
import type { AnyBody } from "../core/any_body.ts";
import { effectOfHere } from "../core/body_here.ts";
import type { Instrument } from "../core/instrument.ts";
import { type StartedRun, startRun } from "../core/run.ts";
import { originOf } from "../core/turn_port.ts";
import { blockedTasks, isCircular } from "./_blocked_tasks.ts";
import { HostTurns, type Patience } from "./_host_turns.ts";
import { Simulation, type Watcher } from "./_simulation.ts";
import { WakeUpTracer } from "./_wake_up_tracer.ts";
import {
  Deadlock,
  EndlessInterleaving,
  PromiseOverdue,
} from "./exploration_errors.ts";
import type { Path, Scheduler } from "./schedulers/scheduler.ts";
import { VirtualClock } from "./virtual_clock.ts";

/** How one interleaving is to be run. */
export interface InterleavingSettings {
  readonly scheduler: Scheduler;
  readonly preemptions: number;
  readonly cancels: boolean;
  /** For how long the host may keep it waiting. */
  readonly patience: Patience;
  /** Who is told of every step. */
  readonly observer?: Observer | undefined;
}

/** Who watches a run in order to tell of it. */
export interface Observer extends Watcher, Instrument {
  /** The clock of the run, before it begins. */
  readonly clock: VirtualClock;
}

/** What came of it. */
export interface Interleaving {
  readonly exit: Exit.Exit<unknown, unknown>;
  readonly path: Path;
  /** Did the host decide when something went on? */
  readonly isLeftToHost: boolean;
  /** Fibers that Effect forked, and that outlived the run, in words. */
  readonly strays: readonly string[];
}

/** After so many steps an interleaving counts as endless. */
const STEP_LIMIT = 100_000;

/**
 * Runs a body in one interleaving, on a virtual clock.
 *
 * Answers at once where the body does not wait for the host; where it does, the
 * host gets its turn whenever nothing else is ready.
 */
export function runInterleaving(
  body: AnyBody,
  settings: InterleavingSettings,
): Interleaving | Promise<Interleaving> {
  const run = new DeterministicRun(body, settings);
  return run.advance() ? run.result() : run.finishWithHost();
}

class DeterministicRun {
  readonly #simulation: Simulation;
  readonly #clock: VirtualClock;
  readonly #tracer: WakeUpTracer;
  readonly #run: StartedRun;
  readonly #host: HostTurns;
  #failure: Error | undefined = undefined;
  #stepLimit = STEP_LIMIT;

  constructor(body: AnyBody, settings: InterleavingSettings) {
    const { observer } = settings;
    this.#clock = observer?.clock ?? new VirtualClock();
    this.#simulation = new Simulation(settings);
    this.#host = new HostTurns(this.#simulation, settings.patience);
    this.#simulation.watcher = observer;
    this.#tracer = new WakeUpTracer(this.#simulation);
    this.#run = startRun(
      Effect.provideService(
        effectOfHere(body),
        Tracer.Tracer,
        this.#tracer.tracer,
      ),
      {
        clock: this.#clock,
        scheduler: this.#simulation,
        ...(observer === undefined ? {} : { instruments: [observer] }),
      },
    );
  }

  /** Goes on until it has ended, or only the host can go on. */
  advance(): boolean {
    for (;;) {
      while (this.#simulation.step()) {
        const isEndless = this.#simulation.steps > this.#stepLimit;
        if (isEndless && this.#giveUp(endless)) return true;
      }
      if (this.#run.poll() !== undefined) return true;
      if (this.#simulation.blockedListeners.tell()) continue;
      if (this.#host.isAtWork) return false;
      const next = this.#clock.nextEvent();
      if (next !== Infinity) this.#clock.jumpTo(next);
      else if (!this.#isStuck) return false;
      else if (this.#giveUp((run) => run.#deadlock())) return true;
    }
  }

  result(): Interleaving {
    const { answers, widths } = this.#simulation.path;
    return {
      exit: this.#failure === undefined
        ? this.#run.poll()!
        : Exit.failCause(Cause.die(this.#failure)),
      path: { answers, widths },
      isLeftToHost: this.#host.hasDecided,
      strays: [...this.#tracer.waits()].map((fiber) => {
        const task = originOf(fiber);
        return "fiber that Effect forked" +
          (task === undefined ? "" : ` in task "${task.path}"`);
      }),
    };
  }

  /** Lets the host have its turns until the run has ended. */
  async finishWithHost(): Promise<Interleaving> {
    // Terminates: each turn brings something to do, or uses up the patience.
    do {
      const answer = await this.#host.next();
      if (answer === "overdue") {
        if (this.#giveUp((run) => run.#overdue())) break;
      } else if (answer === "nothingInFlight") {
        if (this.#giveUp((run) => run.#deadlock())) break;
      }
    } while (!this.advance());
    return this.result();
  }

  /** Can nobody, not even the host, wake any task? */
  get #isStuck(): boolean {
    return this.#simulation.isWindingDown || isCircular(this.#run.root);
  }

  #deadlock(): Error {
    const { report, cycle } = this.#blocked();
    return new Deadlock(report, cycle);
  }

  #overdue(): Error {
    return new PromiseOverdue(this.#host.waited, this.#blocked().report);
  }

  #blocked(): ReturnType<typeof blockedTasks> {
    return blockedTasks(this.#run.root, this.#tracer.nativeWaits());
  }

  /**
   * Ends a run that would never end: notes why, and cancels it, so that it can
   * clean up. Answers whether even that has been tried.
   */
  #giveUp(why: (run: DeterministicRun) => Error): boolean {
    if (this.#simulation.isWindingDown) {
      this.#run.abandon();
      return true;
    }
    this.#failure = why(this);
    this.#stepLimit += this.#simulation.steps;
    this.#simulation.windDown();
    this.#host.hurry();
    this.#run.cancel({ _tag: "Aborted", reason: this.#failure });
    return false;
  }
}

function endless(): Error {
  return new EndlessInterleaving(STEP_LIMIT);
}
