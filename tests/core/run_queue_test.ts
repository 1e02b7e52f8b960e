import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import {
  cancelScope,
  checkpoint,
  fromPromise,
  Future,
  moveOnAfter,
  nursery,
  run,
} from "../../mod.ts";

/** Work that never gives the event loop a turn of its own accord. */
const busy: Record<string, Effect.Effect<unknown>> = {
  "checkpoints": Effect.forever(checkpoint, { disableYield: true }),
  "promises that are resolved": Effect.forever(
    fromPromise(() => Promise.resolve()),
    { disableYield: true },
  ),
  "promises of Effect that are resolved": Effect.forever(
    Effect.promise(() => Promise.resolve()),
    { disableYield: true },
  ),
  "operations that do not wait": Effect.forever(Effect.void, {
    disableYield: true,
  }),
};

for (const [name, loop] of Object.entries(busy)) {
  Deno.test(`a loop of ${name} lets timers ring and is met by its deadline (R5, R23)`, async () => {
    let rang = 0;
    let ticking: ReturnType<typeof setInterval> | undefined;

    await run(cancelScope((scope) => {
      ticking = setInterval(() => ++rang === 2 && scope.cancel(), 1);
      return loop;
    }));
    clearInterval(ticking);
    const late = await run(moveOnAfter(5, loop));

    assert(rang >= 2);
    assert.equal(late._tag, "None");
  });
}

Deno.test("a job that throws costs no other task its turn", async () => {
  const broken = Effect.callback<void>((resume) => {
    resume(Effect.void);
    throw new Error("broken");
  });

  const outcome = await run(Effect.exit(broken));

  assert.equal(outcome._tag, "Failure");
  assert.equal(await run(Effect.as(checkpoint, 1)), 1);
});

Deno.test("a pass of thousands is taken in pieces, and keeps its order (R23)", async () => {
  const CHILDREN = 5000;
  const trail: string[] = [];
  let started = 0;
  let halfWay = 0;
  let mostHalfWay = 0;
  await run(nursery(function* (n) {
    const { future, resolver } = Future.make<void>();
    n.startSoon(Effect.map(future, () => {
      trail.push(`woken after ${started}`);
    }));
    yield* checkpoint;
    const child = Effect.andThen(
      Effect.sync(() => {
        if (started++ === 0) resolver.succeed(undefined);
        mostHalfWay = Math.max(mostHalfWay, ++halfWay);
      }),
      Effect.promise(() => Promise.resolve().then(() => halfWay--)),
    );
    for (let i = 0; i < CHILDREN; i++) n.startSoon(child);
  }));
  assert.deepEqual(trail, [`woken after ${CHILDREN}`]);
  assert(mostHalfWay < CHILDREN / 2, `${mostHalfWay} were half-way at once`);
});
