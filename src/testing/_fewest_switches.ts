import { switchesOf } from "./_shrink.ts";
import { withoutTail } from "./_token.ts";
import { NotDeterministic } from "./exploration_errors.ts";
import { ExhaustiveStrategy } from "./schedulers/exhaustive.ts";
import type { Path, Scheduler } from "./schedulers/scheduler.ts";

/** Runs an interleaving; answers whether it fails in the same way. */
export type Attempt = (
  scheduler: Scheduler,
) => Promise<{ readonly path: Path; readonly fails: boolean }>;

/** How many interleavings to run at the most. */
const MOST_RUNS = 1_000;

/**
 * Looks for a failing interleaving with fewer switches, among all that there
 * are, those with the fewest first. What was found by chance is thus as simple
 * as what was looked for from the beginning, where the body is small.
 *
 * @param found One that fails, from which no switch can be left out.
 * @param deadline When to leave it at that.
 */
export async function fewestSwitches(
  found: readonly number[],
  attempt: Attempt,
  deadline: number,
): Promise<readonly number[]> {
  const most = switchesOf(found).length;
  const strategy = new ExhaustiveStrategy(MOST_RUNS);
  for (let runs = 0; runs < MOST_RUNS && most > 1; runs++) {
    const make = strategy.next();
    if (make === undefined || performance.now() > deadline) break;
    const { path, fails } = await attempt(make());
    const answers = withoutTail(path.answers);
    if (switchesOf(answers).length >= most) break;
    if (fails) return answers;
    if (!isTold(strategy, path)) break;
  }
  return found;
}

/** Tells the strategy what was run; answers whether it could make use of it. */
function isTold(strategy: ExhaustiveStrategy, path: Path): boolean {
  try {
    strategy.ran(path);
    return true;
  } catch (error) {
    if (error instanceof NotDeterministic) return false;
    throw error;
  }
}
