import assert from "node:assert/strict";
import * as Cause from "effect/Cause";
import type * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import { FakeTime } from "@std/testing/time";
import { runExit } from "espalier";

/** Something to be run, and what must be true when it is over. */
export interface Scenario<A> {
  readonly body: (
    signal: AbortSignal,
  ) => Promise<A> | Effect.Effect<A, unknown>;
  /** Called when it has run undisturbed. */
  succeeded(value: A): void;
  /** Called when it has been cancelled, wherever it was. */
  cancelled?(): void;
}

/** How many microtasks pass before the clock moves on by a millisecond. */
const PACES = [1, 4, 12];
/** More than any scenario needs. */
const MOST_STEPS = 5000;

/**
 * Runs a scenario on a faked clock, cancelled at its first step, then at its
 * second, and so on until it comes to its end before that.
 *
 * @returns At how many steps it was cancelled.
 */
export async function cancelAtEveryStep<A>(
  make: () => Scenario<A>,
): Promise<number> {
  let cancelled = 0;
  for (const pace of PACES) {
    for (let steps = 0; await cancelAt(make(), steps, pace); steps++) {
      assert(steps < MOST_STEPS, "it comes to no end");
      cancelled++;
    }
  }
  return cancelled;
}

/** Answers whether there was anything left to be cancelled. */
async function cancelAt<A>(
  scenario: Scenario<A>,
  steps: number,
  pace: number,
): Promise<boolean> {
  using time = new FakeTime();
  const controller = new AbortController();
  let exit: Exit.Exit<unknown, unknown> | undefined;
  const running = runExit(scenario.body, { signal: controller.signal })
    .then((it) => exit = it);
  for (let step = 1; step <= steps && exit === undefined; step++) {
    // A run lets the loop turn now and then: so must whoever waits for it.
    if (step % 100 === 0) await time.runMicrotasks();
    else await undefined;
    if (step % pace === 0) time.tick(1);
  }
  const wasOver = exit !== undefined;
  controller.abort("enough");
  for (let turn = 0; exit === undefined; turn++) {
    assert(turn < MOST_STEPS, `it does not end: cancelled at step ${steps}`);
    await time.tickAsync(1);
  }
  judge(await running, scenario, `cancelled at step ${steps}, pace ${pace}`);
  return !wasOver;
}

function judge<A>(
  exit: Exit.Exit<unknown, unknown>,
  scenario: Scenario<A>,
  when: string,
): void {
  if (Exit.isSuccess(exit)) return scenario.succeeded(exit.value as A);
  const isCancelled = Cause.hasInterruptsOnly(exit.cause);
  assert(isCancelled, `${when}: ${Cause.pretty(exit.cause)}`);
  scenario.cancelled?.();
}
