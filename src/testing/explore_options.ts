import { CancelEverywhere } from "./schedulers/cancel_everywhere.ts";
import { ExhaustiveStrategy } from "./schedulers/exhaustive.ts";
import { PctStrategy } from "./schedulers/pct.ts";
import { RandomStrategy } from "./schedulers/random.ts";
import { RoundRobinStrategy } from "./schedulers/round_robin.ts";
import type { Strategy } from "./schedulers/scheduler.ts";

/** Options for {@linkcode explore} and {@linkcode concurrencyTest}. */
export interface ExploreOptions {
  /**
   * How the interleavings are chosen.
   *
   * - `"exhaustive"`: all of them, those with the fewest switches first. For
   *   small bodies: with `exhausted` the answer is a proof.
   * - `"random"`: every choice is as likely as the others.
   * - `"pct"`: random priorities, with a few random changes. Finds bugs that
   *   need few events in a certain order, also in large bodies.
   * - `"roundRobin"`: the one in which the tasks take turns.
   */
  readonly strategy?: "exhaustive" | "random" | "pct" | "roundRobin";
  /** Where `"random"` and `"pct"` begin; 0 by default. */
  readonly seed?: number;
  /**
   * How often in one interleaving a task may lose its turn between two
   * operations, though it did not wait; 0 by default. Switches where a task
   * waits or passes a checkpoint are free.
   */
  readonly preemptions?: number;
  /**
   * After how many interleavings to stop; 20,000 for `"exhaustive"` and 1,000
   * for the others by default.
   */
  readonly maxInterleavings?: number;
  /**
   * Whether to cancel, in turn, each child task before each of its steps: when
   * it has begun to wait, and when it is about to go on. One cancellation for
   * each interleaving, as by `Future.cancel`; never the body itself.
   */
  readonly cancelEverywhere?: boolean;
  /** How tokens and reports call the body; its own name by default. */
  readonly name?: string;
}

/** Options with nothing left to choose. */
export interface ExploreSettings {
  readonly strategy: NonNullable<ExploreOptions["strategy"]>;
  readonly seed: number;
  readonly preemptions: number;
  readonly maxInterleavings: number;
  readonly cancelEverywhere: boolean;
  readonly name: string;
}

/**
 * Fills in what was left open.
 *
 * @throws {TypeError} If there is no such strategy.
 * @throws {RangeError} If a number is not an integer of at least 0.
 */
export function settingsOf(
  options: ExploreOptions,
  body: { readonly name: string },
): ExploreSettings {
  const { strategy = "exhaustive" } = options;
  if (!Object.hasOwn(STRATEGIES, strategy)) {
    throw new TypeError(
      `Cannot explore: there is no strategy "${String(strategy)}"`,
    );
  }
  return {
    strategy,
    seed: count(options.seed ?? 0, "seed"),
    preemptions: count(options.preemptions ?? 0, "preemptions"),
    maxInterleavings: count(
      options.maxInterleavings ?? (strategy === "exhaustive" ? 20_000 : 1_000),
      "maxInterleavings",
    ),
    cancelEverywhere: options.cancelEverywhere ?? false,
    name: options.name ?? body.name,
  };
}

/** Makes the strategy that the settings ask for. */
export function strategyOf(settings: ExploreSettings): Strategy {
  const { strategy, cancelEverywhere } = settings;
  const inner = STRATEGIES[strategy](settings);
  // For the exhaustive one a cancellation is a choice like any other.
  return cancelEverywhere && strategy !== "exhaustive"
    ? new CancelEverywhere(inner)
    : inner;
}

const STRATEGIES: Readonly<
  Record<ExploreSettings["strategy"], (settings: ExploreSettings) => Strategy>
> = {
  exhaustive: ({ maxInterleavings }) =>
    new ExhaustiveStrategy(maxInterleavings),
  random: ({ seed }) => new RandomStrategy(seed),
  pct: ({ seed }) => new PctStrategy(seed),
  roundRobin: () => new RoundRobinStrategy(),
};

function count(value: number, name: string): number {
  if (Number.isInteger(value) && value >= 0) return value;
  if (value === Infinity && name === "maxInterleavings") return value;
  throw new RangeError(
    `Cannot explore: '${name}' must be an integer of at least 0: received ` +
      String(value),
  );
}
