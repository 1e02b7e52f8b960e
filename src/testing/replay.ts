import * as Exit from "npm:effect@^4.1.0/Exit";
import { rejectionOf } from "../core/error_group.ts";
import type { Result } from "../core/body.ts";
import { checkBody } from "../core/check_body.ts";
import { runningTask } from "../core/task.ts";
import { AlreadyInRun } from "../core/usage_errors.ts";
import { Explorer } from "./_explorer.ts";
import { readToken, type Recipe } from "./_token.ts";
import { ReplayDiverged } from "./exploration_errors.ts";
import type { Exploration, Guard } from "./explore.ts";

/**
 * Runs `body` once more in the interleaving of a token.
 *
 * A token comes from `explore` or from a `concurrencyTest` that failed. It
 * stands for itself: the name, the options and the order of the steps.
 *
 * @example See a failure again
 * ```ts
 * import { checkpoint, nursery } from "espalier";
 * import { explore, replay } from "espalier/testing";
 * import assert from "node:assert/strict";
 *
 * const body = function* () {
 *   const order: string[] = [];
 *   const visit = (name: string) => function* () {
 *     yield* checkpoint;
 *     order.push(name);
 *   };
 *   yield* nursery(function* (n) {
 *     n.startSoon(visit("a"));
 *     n.startSoon(visit("b"));
 *     yield* checkpoint;
 *   });
 *   assert.equal(order[0], "a");
 * };
 * const { failure } = await explore(body);
 * const again = await replay(failure!.token, body);
 * assert.equal(again.failure?.story, failure?.story);
 * ```
 *
 * @param token The token.
 * @param body The body that the token was made with.
 * @returns How it ended: the failure, or none if it is mended. A body that took
 * other turns fails with `ReplayDiverged`.
 * @throws {TypeError} If `token` is no token, or `body` no body.
 * @throws {AlreadyInRun} When called synchronously inside a task.
 */
export function replay<X extends Result>(
  token: string,
  body: () => X,
): Promise<Exploration> {
  const around = runningTask();
  if (around !== undefined) throw new AlreadyInRun(around.path);
  checkBody(body);
  return replayRecipe(readToken(token), body);
}

/** Runs what a token says. */
export async function replayRecipe(
  recipe: Recipe,
  body: () => unknown,
  guard?: Guard,
): Promise<Exploration> {
  const explorer = new Explorer(body, recipe);
  const started = performance.now();
  const told = await explorer.tell(recipe.answers);
  const seconds = Math.max(1e-6, (performance.now() - started) / 1000);
  const counts = {
    interleavings: 1,
    exhausted: false,
    leftToHost: told.ran.isLeftToHost ? 1 : 0,
    perSecond: Math.round(1 / seconds),
  };
  const { exit } = told.ran;
  if (told.course !== recipe.course) {
    const cause = Exit.isFailure(exit) ? rejectionOf(exit.cause) : undefined;
    const error = new ReplayDiverged(cause);
    return { ...counts, failure: explorer.breach(error, told) };
  }
  if (Exit.isFailure(exit)) {
    return { ...counts, failure: explorer.failureOf(told) };
  }
  const breach = await guard?.(told.ran);
  if (breach === undefined) return counts;
  return { ...counts, failure: explorer.breach(breach, told) };
}
