import { NotDeterministic } from "../exploration_errors.ts";
import { ReplayScheduler } from "./replay.ts";
import type { Path, Scheduler, Strategy } from "./scheduler.ts";

/** An interleaving to run: that of `path`, but for one later answer. */
interface Branch {
  readonly path: Path;
  readonly at: number;
  readonly answer: number;
}

/**
 * Every interleaving, each once: those that differ least from an ordinary run
 * first.
 *
 * Each interleaving begins like one that has been run, up to a decision that is
 * then answered otherwise, and goes on like an ordinary run. So the first one
 * that fails has the fewest switches there can be.
 *
 * Invariant: an interleaving branches off only after the decision at which it
 * branched off itself, so none comes up twice.
 */
export class ExhaustiveStrategy implements Strategy {
  /** What is left to run, by the number of answers that are not 0. */
  readonly #branches: Branch[][] = [];
  #distance = 0;
  #left = 0;
  #isFirst = true;
  #running: Branch | undefined = undefined;
  #dropped = false;

  /** @param limit How many interleavings will be run at the most. */
  constructor(readonly limit: number) {}

  /** Have all interleavings been run? */
  get isExhausted(): boolean {
    return !this.#isFirst && this.#left === 0 && !this.#dropped;
  }

  next(): (() => Scheduler) | undefined {
    if (this.#isFirst) {
      this.#isFirst = false;
      return () => new ReplayScheduler([]);
    }
    const branch = this.#nearest();
    if (branch === undefined) return undefined;
    this.#running = branch;
    const { path, at, answer } = branch;
    const answers = [...path.answers.slice(0, at), answer];
    return () => new ReplayScheduler(answers);
  }

  ran(path: Path): void {
    const { widths } = path;
    checkWay(this.#running, path);
    const from = this.#running === undefined ? 0 : this.#running.at + 1;
    for (let at = widths.length - 1; at >= from; at--) {
      for (let answer = widths[at]! - 1; answer > 0; answer--) {
        this.#add({ path, at, answer });
      }
    }
  }

  #add(branch: Branch): void {
    // What will never be run need not be kept: it only has to be remembered
    // that there was something.
    if (this.#left >= this.limit) {
      this.#dropped = true;
      return;
    }
    this.#left++;
    const distance = this.#running === undefined ? 1 : this.#distance + 1;
    (this.#branches[distance] ??= []).push(branch);
  }

  #nearest(): Branch | undefined {
    if (this.#left === 0) return undefined;
    this.#left--;
    // Terminates: something is left, and nothing nearer can be added.
    for (;; this.#distance++) {
      const branch = this.#branches[this.#distance]?.pop();
      if (branch !== undefined) return branch;
    }
  }
}

/** The way to where a branch begins must be the same each time it is gone. */
function checkWay(branch: Branch | undefined, { widths }: Path): void {
  if (branch === undefined) return;
  for (let at = 0; at <= branch.at; at++) {
    const before = branch.path.widths[at]!;
    const now = widths[at] ?? 0;
    if (before !== now) {
      throw new NotDeterministic(
        `decision ${at + 1} had ${before} answers the first time, and ${now} ` +
          "the next",
      );
    }
  }
}
