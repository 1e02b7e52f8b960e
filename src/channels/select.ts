import type * as Effect from "npm:effect@^4.1.0/Effect";
import type * as Fiber from "npm:effect@^4.1.0/Fiber";
import * as Random from "npm:effect@^4.1.0/Random";
import { inWords } from "../core/in_words.ts";
import { attemptOrWait, type Granted } from "../core/checkpoint.ts";
import { type Arm, Selection } from "./_selection.ts";
import { armOf, type Branch } from "./branch.ts";

/**
 * Waits for several events and lets exactly one of them happen, then runs its
 * body.
 *
 * First every branch is tried; where none is ready, the task waits for all of
 * them at once. The branches that do not happen leave no trace: nothing is
 * taken, sent or queued for them. The other side may be a select as well.
 *
 * - **Order:** in the queue of a channel a branch has its place like any other
 *   who waits there.
 * - **Fairness:** among the branches that are ready, each is as likely as the
 *   others. The choice is drawn from Effect's `Random`: seed that
 *   (`Random.withSeed`) and the choices are the same in every run. Those that
 *   become ready later happen in the order in which they do.
 * - **Cancellation:** a checkpoint, before the body. A select that is cancelled
 *   has let nothing happen. One that has let a branch happen enters its body,
 *   even if a cancellation came in the same step; the cancellation meets the
 *   first wait of the body.
 * - **Failure:** that of the body, or of the event: a channel that is closed or
 *   has failed is ready, with its failure.
 *
 * @example A message, or too late
 * ```ts
 * import { onReceive, onSleep, openMemoryChannel, run, select } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const [, inbox] = openMemoryChannel<string>(0);
 * const heard = select([
 *   onReceive(inbox, async (message) => message),
 *   onSleep("2 millis", async () => "nobody called"),
 * ]);
 * assert.equal(await run(heard), "nobody called");
 * ```
 *
 * @param branches The events, each with its body.
 * @returns What the body of the branch that happened answers.
 * @throws {RangeError} If there are no branches.
 * @throws {TypeError} If something else is in their place.
 */
export function select<
  B extends ReadonlyArray<Branch<unknown, unknown, unknown>>,
>(
  branches: B,
): Effect.Effect<B[number]["_A"], B[number]["_E"], B[number]["_R"]> {
  if (!Array.isArray(branches)) {
    throw new TypeError(
      `Cannot select: it takes an array of branches: received ${
        inWords(branches)
      }`,
    );
  }
  const arms = branches.map(armOf);
  if (arms.length === 0) {
    throw new RangeError("Cannot select: there are no branches");
  }
  const chosen = attemptOrWait<unknown, unknown>(
    { label: "select" },
    (fiber) => attemptOne(arms, fiber),
    (settle, fiber) => new Selection(settle).enter(arms, fiber),
  );
  return chosen as Effect.Effect<B[number]["_A"], B[number]["_E"]>;
}

/**
 * Tries the branches in a random order: the first that is ready is then any of
 * those that are.
 */
function attemptOne(
  arms: ReadonlyArray<Arm>,
  fiber: Fiber.Fiber<unknown, unknown>,
): Granted<unknown, unknown> | undefined {
  const left = arms.slice();
  const random = fiber.getRef(Random.Random);
  while (left.length > 0) {
    const at = left.length === 1
      ? 0
      : Math.floor(random.nextDoubleUnsafe() * left.length);
    const granted = left[at]!.attempt();
    if (granted !== undefined) return granted;
    left[at] = left.at(-1)!;
    left.pop();
  }
  return undefined;
}
