import * as Exit from "npm:effect@^4.1.0/Exit";
import type { Result } from "../core/body.ts";
import { checkBody } from "../core/check_body.ts";
import { runningTask } from "../core/task.ts";
import { AlreadyInRun } from "../core/usage_errors.ts";
import type { Interleaving } from "./_deterministic_run.ts";
import { nextTurn } from "./_host_turns.ts";
import { type ExplorationFailure, Explorer } from "./_explorer.ts";
import { NotDeterministic } from "./exploration_errors.ts";
import {
  type ExploreOptions,
  type ExploreSettings,
  settingsOf,
  strategyOf,
} from "./explore_options.ts";
import type { Path, Strategy } from "./schedulers/scheduler.ts";

/**
 * What came of an exploration.
 *
 * @example Ask whether it was a proof
 * ```ts
 * import { checkpoint, nursery } from "espalier";
 * import { type Exploration, explore } from "espalier/testing";
 * import assert from "node:assert/strict";
 *
 * const found: Exploration = await explore(() => nursery(function* (n) {
 *   n.startSoon(checkpoint);
 *   yield* checkpoint;
 * }));
 * assert.equal(found.exhausted, true);
 * ```
 */
export interface Exploration {
  /** How many interleavings were run. */
  readonly interleavings: number;
  /**
   * Whether these were all there are, with as many preemptions as were allowed,
   * and none failed: then the body is proved to be right.
   */
  readonly exhausted: boolean;
  /**
   * In how many of them a timer, a worker or a promise of the host decided when
   * something went on. Its order is not for `explore` to choose: where this is
   * more than 0, nothing is proved.
   */
  readonly leftToHost: number;
  /** How many interleavings were run in a second. */
  readonly perSecond: number;
  /** The first interleaving that failed, made as simple as can be. */
  readonly failure?: {
    /** What `run` would have rejected with. */
    readonly error: unknown;
    /** The whole of it. */
    readonly cause: ExplorationFailure["cause"];
    /** One line from which `replay` runs the same interleaving again. */
    readonly token: string;
    /** Which task did what, in order, with the virtual time. */
    readonly story: string;
  };
}

/** For so long, in real milliseconds, the event loop may stand still. */
const SLICE_MS = 20;

/**
 * Runs `body` in many interleavings of its tasks, until one fails.
 *
 * Every wake-up is a choice: who is handed a lock, who receives, which of the
 * promises that settled together comes first, who wakes first at one instant.
 * Each interleaving runs `body` anew, on a virtual clock that starts at 0 and
 * jumps, so make locks and channels inside of it. It fails if the body fails or
 * if every task is blocked: then the error is a `Deadlock`.
 *
 * The body may wait for promises. Those that settle by themselves take part like
 * any other wake-up; where a timer of the host, a worker, as of a `cpuScope`, or
 * the network decides when one settles, the body runs at its pace, and the order
 * in which such things come is not explored: `leftToHost` counts it, and nothing
 * is proved. A promise that takes ten seconds fails with `PromiseOverdue`; where
 * none is waited for, the host has a tenth of a second before blocked tasks are
 * a `Deadlock`. What depends on chance or the date cannot be explored, and is
 * called out with `NotDeterministic` where that is noticed.
 *
 * @example Find a lost update
 * ```ts
 * import { checkpoint, nursery } from "espalier";
 * import { explore } from "espalier/testing";
 * import assert from "node:assert/strict";
 *
 * const { failure } = await explore(function* () {
 *   let count = 0;
 *   const increment = function* () {
 *     const seen = count;
 *     yield* checkpoint;
 *     count = seen + 1;
 *   };
 *   yield* nursery(function* (n) {
 *     n.startSoon(increment);
 *     n.startSoon(increment);
 *     yield* checkpoint;
 *   });
 *   assert.equal(count, 2);
 * });
 * assert.match(String(failure?.error), /AssertionError/);
 * ```
 *
 * @param body Makes what is run; called once for each interleaving.
 * @param options How to choose the interleavings, and how many.
 * @returns What was found; the promise never rejects.
 * @throws {TypeError} If `body` is none, or there is no such strategy.
 * @throws {RangeError} If a number among the options is negative or no integer.
 * @throws {AlreadyInRun} When called synchronously inside a task.
 *
 * @see `concurrencyTest` for a test that explores.
 */
export function explore<X extends Result>(
  body: () => X,
  options: ExploreOptions = {},
): Promise<Exploration> {
  const around = runningTask();
  if (around !== undefined) throw new AlreadyInRun(around.path);
  checkBody(body);
  return exploreBody(body, settingsOf(options, body));
}

/**
 * Looks at what an interleaving has left behind; answers what is wrong with it.
 */
export type Guard = (
  ran: Interleaving,
) => Promise<Error | undefined> | undefined;

/** Explores a body whose options are settled. */
export async function exploreBody(
  body: () => unknown,
  settings: ExploreSettings,
  guard?: Guard,
): Promise<Exploration> {
  const { preemptions, cancelEverywhere: cancels, name } = settings;
  const explorer = new Explorer(body, { preemptions, cancels, name });
  const strategy = strategyOf(settings);
  const counter = new Counter();
  while (counter.interleavings < settings.maxInterleavings) {
    const make = strategy.next();
    if (make === undefined) break;
    const running = explorer.run(make());
    const ran = running instanceof Promise ? await running : running;
    counter.count(ran);
    if (Exit.isFailure(ran.exit)) {
      const counts = counter.counts();
      const failure = await explorer.describe(ran);
      return { ...counts, exhausted: false, failure };
    }
    const breach = await guard?.(ran) ?? breachOf(strategy, ran.path);
    if (breach !== undefined) {
      const counts = counter.counts();
      const told = await explorer.tell(ran.path.answers);
      const failure = explorer.breach(breach, told);
      return { ...counts, exhausted: false, failure };
    }
    if (counter.isSliceOver()) await nextTurn();
  }
  const counts = counter.counts();
  // What the host decides has been seen in one order only.
  const exhausted = strategy.isExhausted && counts.leftToHost === 0;
  return { ...counts, exhausted };
}

/** Counts interleavings and the time they take. */
class Counter {
  interleavings = 0;
  #leftToHost = 0;
  readonly #started = performance.now();
  #turned = this.#started;

  count({ isLeftToHost }: Interleaving): void {
    this.interleavings++;
    if (isLeftToHost) this.#leftToHost++;
  }

  counts(): Omit<Exploration, "exhausted" | "failure"> {
    const { interleavings } = this;
    const leftToHost = this.#leftToHost;
    const ms = Math.max(1e-3, performance.now() - this.#started);
    const perSecond = Math.round(interleavings / ms * 1000);
    return { interleavings, perSecond, leftToHost };
  }

  isSliceOver(): boolean {
    const now = performance.now();
    if (now - this.#turned < SLICE_MS) return false;
    this.#turned = now;
    return true;
  }
}

/** A strategy may notice that the body is not deterministic. */
function breachOf(strategy: Strategy, path: Path): Error | undefined {
  try {
    strategy.ran(path);
    return undefined;
  } catch (error) {
    if (error instanceof NotDeterministic) return error;
    throw error;
  }
}
