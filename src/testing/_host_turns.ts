// Not the global ones: what this room waits for in real time is no business of a
// test that fakes or counts them.
import * as timers from "node:timers";
import { allIdle } from "../core/idleness.ts";
import type { Simulation } from "./_simulation.ts";

/** For how long the host may keep a run waiting, in real milliseconds. */
export interface Patience {
  /** Until blocked tasks are called a deadlock: a timer may still wake them. */
  readonly grace: number;
  /** Until a promise in flight is given up. */
  readonly limit: number;
}

/** What came of waiting for the host. */
export type HostAnswer = "awake" | "nothing" | "nothingInFlight" | "overdue";

/** How long a promise may be in flight once there is only cleanup. */
const CLEANUP_LIMIT_MS = 1_000;
/** How many microtasks a promise may take to settle by itself. */
const HOPS = 200;
/** How often to look whether work of the host has landed. */
const LOOK_EVERY_MS = 50;

/** Gives the host its turns while a simulation has nothing to do. */
export class HostTurns {
  /** Has the host decided when something went on? */
  hasDecided = false;
  readonly #simulation: Simulation;
  #patience: Patience;
  readonly #inFlightBefore = allIdle().inFlight;
  #waitingSince: number | undefined = undefined;
  #quietSince: number | undefined = undefined;

  constructor(simulation: Simulation, patience: Patience) {
    this.#simulation = simulation;
    this.#patience = patience;
  }

  /** Is a promise in flight that was not so before the run began? */
  get isAtWork(): boolean {
    return allIdle().inFlight > this.#inFlightBefore;
  }

  /** For how long it has kept the run waiting, in real milliseconds. */
  get waited(): number {
    return performance.now() - (this.#waitingSince ?? performance.now());
  }

  /** From now on there is only cleanup, which has less time. */
  hurry(): void {
    const { grace, limit } = this.#patience;
    this.#patience = { grace, limit: Math.min(limit, CLEANUP_LIMIT_MS) };
    this.#awake();
  }

  /** Waits until something is ready, but not for long. */
  async next(): Promise<HostAnswer> {
    // Promises that settle together are ready together: their order is free. No
    // timer goes off meanwhile, however late it is, so what can be proved does
    // not depend on how busy the machine is.
    for (let hop = 0; hop < HOPS; hop++) await undefined;
    if (this.#simulation.isReady) return this.#awake();
    this.#waitingSince ??= performance.now();
    if (await this.#isReadyWithin(this.#timeLeft())) {
      this.hasDecided = true;
      await nextTurn();
      return this.#awake();
    }
    if (this.#timeLeft() > 0) return "nothing";
    return this.isAtWork ? "overdue" : "nothingInFlight";
  }

  #awake(): HostAnswer {
    this.#waitingSince = undefined;
    this.#quietSince = undefined;
    return "awake";
  }

  #timeLeft(): number {
    const now = performance.now();
    if (this.isAtWork) {
      this.#quietSince = undefined;
      return this.#waitingSince! + this.#patience.limit - now;
    }
    this.#quietSince ??= now;
    return this.#quietSince + this.#patience.grace - now;
  }

  #isReadyWithin(ms: number): Promise<boolean> {
    const simulation = this.#simulation;
    return new Promise<boolean>((resolve) => {
      const end = (isReady: boolean) => {
        timers.clearTimeout(timer);
        simulation.whenReady = undefined;
        resolve(isReady);
      };
      const timer = timers.setTimeout(
        () => end(false),
        Math.min(ms, LOOK_EVERY_MS),
      );
      simulation.whenReady = () => end(true);
    });
  }
}

/** Lets the event loop turn once. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => timers.setImmediate(() => resolve()));
}
