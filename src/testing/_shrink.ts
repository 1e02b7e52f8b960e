import { withoutTail } from "./_token.ts";

/** Runs an interleaving again; answers its answers if it fails in the same way. */
export type Retry = (
  answers: readonly number[],
) => Promise<readonly number[] | undefined>;

/** How many interleavings to run at the most. */
const MOST_RUNS = 500;

/**
 * Makes a failing interleaving simpler: leaves out as many switches,
 * preemptions and cancellations as it can, later ones first, with the failure
 * still there. What is left out happens as in an ordinary run.
 *
 * @param deadline When to leave it at what has been found.
 */
export async function shrink(
  answers: readonly number[],
  retry: Retry,
  deadline: number,
): Promise<readonly number[]> {
  const shrinking = new Shrinking(withoutTail(answers), retry, deadline);
  await shrinking.leaveOut();
  await shrinking.lower();
  return shrinking.best;
}

class Shrinking {
  /** The simplest interleaving so far that fails. */
  best: readonly number[];
  readonly #retry: Retry;
  readonly #deadline: number;
  #runs = 0;

  constructor(best: readonly number[], retry: Retry, deadline: number) {
    this.best = best;
    this.#retry = retry;
    this.#deadline = deadline;
  }

  /** Leaves out switches: first all, then halves, and so on to single ones. */
  async leaveOut(): Promise<void> {
    // Terminates: each success makes `best` simpler, and that has an end.
    for (let size = switchesOf(this.best).length; size >= 1;) {
      const before = this.best;
      for (const group of groupsOf(switchesOf(before), size)) {
        if (this.#isOver) return;
        const candidate = this.best.slice();
        for (const at of group) {
          if (at < candidate.length) candidate[at] = 0;
        }
        await this.#attempt(candidate);
      }
      if (this.best === before) size = Math.floor(size / 2);
      else size = Math.min(size, switchesOf(this.best).length);
    }
  }

  /** Takes smaller answers, which are nearer to an ordinary run. */
  async lower(): Promise<void> {
    for (const at of switchesOf(this.best)) {
      for (let answer = 1; answer < (this.best[at] ?? 0); answer++) {
        if (this.#isOver) return;
        if (await this.#attempt(this.best.with(at, answer))) break;
      }
    }
  }

  get #isOver(): boolean {
    return this.#runs >= MOST_RUNS || performance.now() > this.#deadline;
  }

  async #attempt(candidate: readonly number[]): Promise<boolean> {
    this.#runs++;
    const ran = await this.#retry(candidate);
    if (ran === undefined) return false;
    const found = withoutTail(ran);
    if (!isSimpler(found, this.best)) return false;
    this.best = found;
    return true;
  }
}

/** The decisions that are not as in an ordinary run. */
export function switchesOf(answers: readonly number[]): number[] {
  return answers.flatMap((answer, at) => answer === 0 ? [] : [at]);
}

function* groupsOf(
  items: readonly number[],
  size: number,
): Generator<number[]> {
  for (let end = items.length; end > 0; end -= size) {
    yield items.slice(Math.max(0, end - size), end);
  }
}

/** Fewer switches are simpler; then a shorter way; then smaller answers. */
function isSimpler(a: readonly number[], b: readonly number[]): boolean {
  const measures = [
    switchesOf(a).length - switchesOf(b).length,
    a.length - b.length,
    sum(a) - sum(b),
  ];
  return (measures.find((measure) => measure !== 0) ?? 0) < 0;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
