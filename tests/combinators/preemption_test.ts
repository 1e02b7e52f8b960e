// Every combinator on a scheduler that takes turns away between operations, with
// cancellations, and interruptions of Effect's, at random places.

import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import {
  asCompleted,
  cancelScope,
  checkpoint,
  failAfter,
  gather,
  mapConcurrent,
  type Nursery,
  nursery,
  race,
  shieldedCheckpoint,
  waitFor,
} from "espalier";
import type { Dice } from "../support/dice.ts";
import { preemptedTest } from "../support/preempting.ts";
import { Gauge } from "./support/bodies.ts";

preemptedTest(
  "gather() and mapConcurrent() keep every result, wherever turns are taken away",
  (dice) =>
    Effect.gen(function* () {
      const gauge = new Gauge();
      const items = Array.from({ length: 1 + dice(6) }, (_, at) => at);
      const body = (item: number) => gauge.around(Effect.as(work(dice), item));
      const concurrency = 1 + dice(3);
      assert.deepEqual(
        yield* gather(items.map((item) => () => body(item)), { concurrency }),
        items,
      );
      assert.deepEqual(
        yield* mapConcurrent(items, body, { concurrency }),
        items,
      );
      const lazy = mapConcurrent(slowly(items), body, {
        concurrency,
        ordered: false,
        rate: { limit: 2, interval: 1 },
      });
      assert.deepEqual((yield* lazy).sort(), items);
      assert.equal(gauge.entered, 3 * items.length);
      assert(gauge.most <= concurrency);
      assert.equal(gauge.inside, 0);
    }),
);

preemptedTest(
  "gather() fails once for each body that failed, wherever turns are taken away",
  (dice) =>
    Effect.gen(function* () {
      const gauge = new Gauge();
      const failing = dice(4);
      const exit = yield* Effect.exit(gather(
        Array.from({ length: 4 }, (_, at) => () =>
          gauge.around(
            at === failing
              ? Effect.andThen(work(dice), Effect.fail(`E${at}`))
              : Effect.andThen(work(dice), Effect.never),
          )),
      ));
      assert(Exit.isFailure(exit));
      const reasons = exit.cause.reasons.filter(({ _tag }) => _tag === "Fail");
      assert.deepEqual(
        reasons.map((it) => it._tag === "Fail" && it.error),
        [`E${failing}`],
      );
      assert.equal(gauge.inside, 0);
    }),
);

preemptedTest(
  "race() has one winner and leaves nobody running, wherever turns are taken away",
  (dice) =>
    Effect.gen(function* () {
      const gauge = new Gauge();
      const won = yield* race(
        Array.from({ length: 4 }, (_, at) => () =>
          gauge.around(
            dice(3) === 0 && at > 0
              ? Effect.andThen(work(dice), Effect.fail(`E${at}`))
              : Effect.as(work(dice), at),
          )),
      );
      assert(won >= 0 && won < 4);
      assert.equal(gauge.inside, 0);
    }),
);

preemptedTest(
  "asCompleted() tells every outcome once, wherever turns are taken away",
  (dice) =>
    Effect.gen(function* () {
      const gauge = new Gauge();
      const count = dice(6);
      const told: number[] = [];
      const left = dice(8);
      yield* Effect.scoped(Effect.gen(function* () {
        const outcomes = yield* asCompleted(
          Array.from({ length: count }, (_, at) => () =>
            gauge.around(
              at % 2 === 0
                ? Effect.as(work(dice), at)
                : Effect.andThen(work(dice), Effect.fail(at)),
            )),
          { concurrency: 1 + dice(3) },
        );
        while (told.length < Math.min(count, left)) {
          const outcome = yield* outcomes.receive;
          told.push(outcome.index);
          assert.equal(
            outcome._tag,
            outcome.index % 2 === 0 ? "Succeeded" : "Failed",
          );
        }
      }));
      assert.equal(new Set(told).size, Math.min(count, left));
      assert.equal(gauge.inside, 0);
    }),
);

preemptedTest(
  "waitFor() sorts the futures, wherever turns are taken away",
  (dice) =>
    nursery(function* (n: Nursery) {
      const gauge = new Gauge();
      const futures = Array.from(
        { length: 4 },
        () => n.startSoon(gauge.around(work(dice))),
      );
      const first = yield* waitFor(futures, { until: "first" });
      assert(first.done.length > 0);
      assert.equal(first.done.length + first.pending.length, 4);
      futures[dice(4)]!.cancel();
      const all = yield* waitFor(futures, { until: "all" });
      assert.deepEqual([all.done.length, all.pending.length], [4, 0]);
      assert.equal(gauge.inside, 0);
    }),
);

const COMBINED: Record<string, (dice: Dice, gauge: Gauge) => Running> = {
  "gather()": (dice, gauge) =>
    gather({ a: member(dice, gauge), b: member(dice, gauge) }),
  "gather() in turn": (dice, gauge) =>
    gather(
      [member(dice, gauge), member(dice, gauge), member(dice, gauge)],
      { concurrency: 1 },
    ),
  "gather() of promises": (dice, gauge) =>
    gather([async (signal) => {
      gauge.inside++;
      await Promise.resolve();
      gauge.inside--;
      signal.throwIfAborted();
    }, member(dice, gauge)]),
  "race()": (dice, gauge) => race([member(dice, gauge), member(dice, gauge)]),
  "mapConcurrent()": (dice, gauge) =>
    mapConcurrent([1, 2, 3, 4], () => member(dice, gauge)(), {
      concurrency: 2,
    }),
  "mapConcurrent() from a source": (dice, gauge) =>
    mapConcurrent(slowly([1, 2, 3, 4]), () => member(dice, gauge)(), {
      concurrency: 2,
    }),
  "asCompleted()": (dice, gauge) =>
    Effect.scoped(Effect.flatMap(
      asCompleted([member(dice, gauge), member(dice, gauge)]),
      (outcomes) => outcomes.forEach(() => checkpoint),
    )),
};

for (const [name, combined] of Object.entries(COMBINED)) {
  preemptedTest(
    `${name} cut short leaves nothing running, wherever turns are taken away`,
    (dice) =>
      Effect.gen(function* () {
        const gauge = new Gauge();
        const running = Effect.suspend(() => combined(dice, gauge));
        // By a scope of ours, its deadline, or an operator of Effect.
        yield* cutShort(dice, running);
        assert.equal(gauge.inside, 0, "something still runs");
        yield* checkpoint;
      }),
  );
}

type Running = Effect.Effect<unknown, unknown>;

function cutShort(dice: Dice, running: Running): Running {
  switch (dice(3)) {
    case 0:
      return cancelScope((scope) =>
        nursery(function* (n: Nursery) {
          const done = n.startSoon(Effect.orDie(running));
          yield* turns(dice(20));
          scope.cancel();
          yield* done.outcome;
        })
      );
    case 1:
      return Effect.option(failAfter(dice(4), running));
    default:
      return Effect.timeoutOption(running, dice(4));
  }
}

function member(dice: Dice, gauge: Gauge): () => Effect.Effect<void> {
  return () => gauge.around(work(dice));
}

/** Takes some turns and perhaps some time, and some more to clean up. */
function work(dice: Dice): Effect.Effect<void> {
  return Effect.suspend(() => {
    const waits = dice(2) === 0 ? checkpoint : Effect.sleep(dice(3));
    const worked = Effect.andThen(turns(dice(4)), waits);
    return Effect.ensuring(worked, turns(dice(3)));
  });
}

function turns(count: number): Effect.Effect<void> {
  return Effect.gen(function* () {
    for (let i = 0; i < count; i++) yield* shieldedCheckpoint;
  });
}

async function* slowly<A>(items: readonly A[]): AsyncGenerator<A> {
  for (const item of items) {
    await undefined;
    yield item;
  }
}
