// Five races that programs really have: each is found within a few interleavings
// and runs again from its token; of each, the mended version is proved right.

import assert from "node:assert/strict";
import type * as Effect from "effect/Effect";
import {
  Deadlock,
  type Exploration,
  explore,
  type ExploreOptions,
  replay,
} from "espalier/testing";
import { actAtOnce, checkThenAct } from "../fixtures/races/check_then_act.ts";
import {
  withDroppedPermit,
  withKeptPermit,
} from "../fixtures/races/dropped_permit.ts";
import {
  acrossWait,
  acrossWaitLocked,
  betweenOperations,
  inOneOperation,
} from "../fixtures/races/lost_update.ts";
import { inOneOrder, inTwoOrders } from "../fixtures/races/two_locks.ts";

/** For each strategy, within how many interleavings a race has to be found. */
const WITHIN = { exhaustive: 20, random: 60, pct: 60 } as const;

for (const strategy of ["exhaustive", "random", "pct"] as const) {
  const how = `within ${WITHIN[strategy]} interleavings [${strategy}]`;

  Deno.test(`explore() finds a lost update across a wait ${how}`, async () => {
    const { story } = await finds(acrossWait, { strategy }, /1 !== 2/);

    assertInOrder(story, [
      "main/a  begins, yields",
      "main/b  begins, yields",
      "main/a  ends",
      "main/b  ends",
    ]);
  });

  Deno.test(`explore() finds a lost update between two operations ${how}`, async () => {
    const options = { strategy, preemptions: 1 };

    const { story } = await finds(betweenOperations, options, /1 !== 2/);

    assert.match(story, /begins, loses its turn between two operations/);
  });

  Deno.test(`explore() finds a deadlock of two locks and names the circle ${how}`, async () => {
    const { error } = await finds(inTwoOrders, { strategy }, CIRCLE);

    assert(error instanceof Deadlock);
    assert.deepEqual(error.cycle.toSorted(), [
      "main/worker-a",
      "main/worker-b",
    ]);
  });

  Deno.test(`explore() finds a waiter that is woken, cancelled, and drops its permit ${how}`, async () => {
    const options = { strategy, cancelEverywhere: true };

    const { story } = await finds(withDroppedPermit, options, /is free again/);

    assertInOrder(story, [
      "begins, waits for a plain lock",
      "the test",
      "goes on after waiting for a plain lock, is cancelled and ends",
    ]);
  });

  Deno.test(`explore() finds a check of a channel that is not true any more when acted on ${how}`, async () => {
    const { story } = await finds(checkThenAct, { strategy }, /it was there/);

    assertInOrder(story, ["begins, yields", "begins, yields", "fails:"]);
  });
}

Deno.test("explore() proves that a lock mends the lost update across a wait", async () => {
  await proves(acrossWaitLocked, { preemptions: 1 }, 2_000);
});

Deno.test("explore() proves that one operation mends the lost update between two", async () => {
  await proves(inOneOperation, { preemptions: 2 }, 500);
});

Deno.test("explore() proves that one order mends the deadlock", async () => {
  await proves(inOneOrder, { preemptions: 1 }, 500);
});

Deno.test("explore() proves that Lock drops no permit, wherever a waiter is cancelled", async () => {
  await proves(withKeptPermit, { cancelEverywhere: true }, 1_500);
});

Deno.test("explore() proves that acting at once mends the check of a channel", async () => {
  await proves(actAtOnce, { preemptions: 1 }, 1_500);
});

const CIRCLE = new RegExp(
  "worker-a waits for Lock .stock., held by worker-b; " +
    "worker-b waits for Lock .orders., held by worker-a",
);

type Body = () => Generator<Effect.Effect<unknown, unknown>, void>;

/** Explores a body that is broken; the token must show the same again. */
async function finds(
  body: Body,
  options: ExploreOptions & { readonly strategy: keyof typeof WITHIN },
  message: RegExp,
): Promise<NonNullable<Exploration["failure"]>> {
  const { failure, interleavings, exhausted } = await explore(body, options);
  assert(failure !== undefined, `nothing was found in ${interleavings}`);
  const again = await replay(failure.token, body);
  const error = failure.error as Error;

  assert.ok(
    interleavings <= WITHIN[options.strategy],
    `it took ${interleavings} interleavings`,
  );
  assert.equal(exhausted, false);
  assert.match(error.message, message);
  assert.match(failure.token, /^[\w.~-]+$/);
  assert.equal(again.interleavings, 1);
  assert.equal((again.failure?.error as Error).message, error.message);
  assert.equal(again.failure?.story, failure.story);
  assert.equal(again.failure.token, failure.token);
  return failure;
}

/** Explores a body that is right, to the end. */
async function proves(
  body: Body,
  options: ExploreOptions,
  within: number,
): Promise<void> {
  const { failure, interleavings, exhausted } = await explore(body, options);

  assert.equal(failure?.story, undefined);
  assert.equal(exhausted, true);
  assert.ok(
    interleavings > 10 && interleavings <= within,
    `there were ${interleavings} interleavings`,
  );
}

/** Looks for the parts in lines of the story, each after the one before. */
function assertInOrder(story: string, parts: readonly string[]): void {
  const lines = story.split("\n");
  let from = 0;
  for (const part of parts) {
    const at = lines.findIndex((line, at) => at >= from && line.includes(part));
    assert.ok(at >= 0, `no "${part}" after line ${from} of\n${story}`);
    from = at + 1;
  }
}
