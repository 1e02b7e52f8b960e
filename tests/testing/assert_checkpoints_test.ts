import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import {
  type Body0,
  checkpoint,
  checkpointIfCancelled,
  Lock,
  moveOnAfter,
  run,
  shield,
  shieldedCheckpoint,
  sleep,
} from "espalier";
import {
  assertCheckpoints,
  assertNoCheckpoints,
  explore,
  NoCheckpoint,
  UnexpectedCheckpoint,
} from "espalier/testing";

type Block = Body0<Effect.Effect<unknown>>;

const nothing = Effect.void;
const bothHalves = Effect.andThen(checkpointIfCancelled, shieldedCheckpoint);

Deno.test("assertCheckpoints() accepts a full checkpoint and both halves, and nothing less (C107, R74)", async () => {
  await run(assertCheckpoints(checkpoint));
  await run(assertCheckpoints(bothHalves));

  const less: Array<[Block, RegExp]> = [
    [nothing, /no cancel point and no schedule point/],
    [checkpointIfCancelled, /no schedule point/],
    [shieldedCheckpoint, /no cancel point/],
  ];
  for (const [block, message] of less) {
    await assert.rejects(run(assertCheckpoints(block)), (error) => {
      assert(error instanceof NoCheckpoint);
      assert.match(error.message, message);
      return true;
    });
  }
});

Deno.test("assertNoCheckpoints() accepts nothing but nothing (C107, R74)", async () => {
  assert.equal(await run(assertNoCheckpoints(Effect.succeed(7))), 7);

  const more: Block[] = [
    checkpoint,
    bothHalves,
    checkpointIfCancelled,
    shieldedCheckpoint,
  ];
  for (const block of more) {
    await assert.rejects(run(assertNoCheckpoints(block)), UnexpectedCheckpoint);
  }
});

Deno.test("assertCheckpoints() sees the waits of Effect", async () => {
  const waits: Block[] = [
    Effect.sleep(1),
    Effect.yieldNow,
    Effect.promise(() => Promise.resolve()),
    Effect.callback<void>((resume) => {
      setTimeout(() => resume(Effect.void), 1);
    }),
  ];

  for (const wait of waits) {
    await run(assertCheckpoints(wait));
    await assert.rejects(run(assertNoCheckpoints(wait)), UnexpectedCheckpoint);
  }
});

Deno.test("assertCheckpoints() does not take an uninterruptible wait of Effect for a cancel point", async () => {
  await assert.rejects(
    run(assertCheckpoints(Effect.uninterruptible(Effect.sleep(1)))),
    /no cancel point/,
  );
});

Deno.test("assertCheckpoints() looks into scopes and shields", async () => {
  await run(assertCheckpoints(moveOnAfter(100, () => sleep(1))));
  await run(assertCheckpoints(shield(() => sleep(1))));
  await run(assertCheckpoints(shield(() => Effect.sleep(1))));
});

Deno.test("assertCheckpoints() leaves a failure as it is (R20)", async () => {
  const failing = Effect.fail("no");

  assert.equal(await run(Effect.flip(assertCheckpoints(failing))), "no");
  assert.equal(await run(Effect.flip(assertNoCheckpoints(failing))), "no");
});

Deno.test("assertNoCheckpoints() takes no notice of a turn that a test takes away", async () => {
  const { failure, exhausted } = await explore(function* () {
    const lock = new Lock();
    const seen: number[] = [];
    yield* assertNoCheckpoints(function* () {
      for (let i = 0; i < 3; i++) yield* Effect.sync(() => seen.push(i));
    });
    yield* assertCheckpoints(lock.acquire);
  }, { preemptions: 2 });

  assert.deepEqual([failure, exhausted], [undefined, true]);
});
