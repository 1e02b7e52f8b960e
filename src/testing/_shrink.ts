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
 */
export async function shrink(
  answers: readonly number[],
  retry: Retry,
  deadline: number,
): Promise<readonly number[]> {
  let best = withoutTail(answers);
  let runs = 0;
  const attempt = async (candidate: readonly number[]): Promise<boolean> => {
    if (++runs > MOST_RUNS || performance.now() > deadline) return false;
    const ran = await retry(candidate);
    if (ran === undefined) return false;
    const found = withoutTail(ran);
    if (!isSimpler(found, best)) return false;
    best = found;
    return true;
  };

  // Terminates: each success makes `best` simpler, and that has an end.
  for (let size = switchesOf(best).length; size >= 1;) {
    const before = best;
    for (const group of groupsOf(switchesOf(best), size)) {
      await attempt(best.map((answer, at) => group.includes(at) ? 0 : answer));
    }
    if (best === before) size = Math.floor(size / 2);
    else size = Math.min(size, switchesOf(best).length);
  }
  for (const at of switchesOf(best)) {
    for (let answer = 1; answer < (best[at] ?? 0); answer++) {
      if (await attempt(best.with(at, answer))) break;
    }
  }
  return best;
}

/** The decisions that are not as in an ordinary run. */
function switchesOf(answers: readonly number[]): number[] {
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
