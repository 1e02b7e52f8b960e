import type { Result } from "../core/body.ts";
import { checkBody } from "../core/check_body.ts";
import { Leaks } from "./_leak_watch.ts";
import { leakGuard } from "./_leak_guard.ts";
import { readToken, type Recipe } from "./_token.ts";
import { exploreBody } from "./explore.ts";
import {
  type ExploreOptions,
  type ExploreSettings,
  settingsOf,
} from "./explore_options.ts";
import { InterleavingFailed } from "./interleaving_failed.ts";
import { replayRecipe } from "./replay.ts";

/** Options for {@linkcode concurrencyTest}. */
export interface ConcurrencyTestOptions extends ExploreOptions {
  /**
   * How to register the test; `Deno.test` by default. `Deno.test.only` and
   * `Deno.test.ignore` fit, and so does what other test runners offer.
   */
  readonly test?: (name: string, run: () => Promise<void>) => unknown;
}

/** The variable that holds the token of an interleaving to run again. */
const REPLAY = "ESPALIER_REPLAY";

/**
 * Registers a test that runs `body` on a virtual clock and a seeded scheduler,
 * and that fails if anything outlives it.
 *
 * The clock starts at 0 and jumps over every sleep. The scheduler picks at
 * random, always the same way for the same seed, which of the tasks that can run
 * goes next. Without further options one interleaving is run; with a `strategy`,
 * with `maxInterleavings` or with `cancelEverywhere` it explores as `explore`
 * does, and stops at the first interleaving that fails.
 *
 * - **Failure:** `InterleavingFailed` tells the interleaving as a story, the
 *   seed, and a token: `ESPALIER_REPLAY=<token> deno test` runs it again, in the
 *   test with that name, as long as the environment may be read. If every task
 *   is blocked its cause is a `Deadlock` that names who waits for whom; if
 *   something is left behind, a `Leaked` that names what, and where it was made.
 *
 * @example A test that finds a lost update
 * ```ts
 * import { checkpoint, nursery } from "espalier";
 * import { concurrencyTest } from "espalier/testing";
 * import assert from "node:assert/strict";
 *
 * // Registered here and not with Deno.test, so that it can be called below.
 * const tests: Array<() => Promise<void>> = [];
 * concurrencyTest("two increments", function* () {
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
 * }, { strategy: "random", test: (_name, run) => tests.push(run) });
 * await assert.rejects(tests[0]!(), /1 !== 2[^]*ESPALIER_REPLAY=/);
 * ```
 *
 * @param name The name of the test.
 * @param body Makes what is run; called once for each interleaving.
 * @param options As for `explore`, and how to register the test.
 * @throws {TypeError} If `body` is none, or there is no such strategy.
 * @throws {RangeError} If a number among the options is negative or no integer.
 */
export function concurrencyTest<X extends Result>(
  name: string,
  body: () => X,
  options: ConcurrencyTestOptions = {},
): void {
  checkBody(body);
  const settings = testSettings(name, options);
  const register = options.test ?? Deno.test;
  register(name, () => runTest(body, settings));
}

/** One interleaving, unless more are asked for. */
function testSettings(name: string, options: ExploreOptions): ExploreSettings {
  const { strategy, maxInterleavings, cancelEverywhere } = options;
  const explores = strategy !== undefined || maxInterleavings !== undefined ||
    cancelEverywhere === true;
  return settingsOf({
    strategy: "random",
    name,
    ...options,
    ...(explores ? {} : { maxInterleavings: 1 }),
  }, { name });
}

async function runTest(
  body: () => unknown,
  settings: ExploreSettings,
): Promise<void> {
  const recipe = recipeFor(settings.name);
  const leaks = new Leaks();
  leaks.start();
  try {
    const guard = leakGuard(leaks);
    const { interleavings, failure } = recipe === undefined
      ? await exploreBody(body, settings, guard)
      : await replayRecipe(recipe, body, guard);
    if (failure === undefined) return;
    const { token, story, error } = failure;
    const { name: test, seed } = settings;
    throw new InterleavingFailed(
      { test, interleavings, seed, token, story },
      error,
    );
  } finally {
    await leaks.end();
    leaks.stop();
  }
}

/** The interleaving that this test was asked to run again, if it was. */
function recipeFor(name: string): Recipe | undefined {
  const token = readVariable(REPLAY);
  if (token === undefined || token === "") return undefined;
  const recipe = readToken(token);
  return recipe.name === name ? recipe : undefined;
}

/** Reads a variable if that is allowed, and asks nobody. */
function readVariable(variable: string): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable });
  return state === "granted" ? Deno.env.get(variable) : undefined;
}
