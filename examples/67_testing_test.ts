// Tests a price that is fetched once and kept, in five ways: time, order, quiet,
// races, and what is left behind.
//
// Watch that ten minutes take no time, that a `Sequencer` fixes an order, that
// `waitAllTasksBlocked` waits until nobody can go on, that among all interleavings
// one fetches twice, and that a forgotten timer is named. Run by `deno test`,
// these are tests like any other.
//
//     deno run examples/67_testing_test.ts

import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import { Event, Lock, now, nursery, sleep } from "espalier";
import {
  concurrencyTest,
  explore,
  Sequencer,
  waitAllTasksBlocked,
} from "espalier/testing";

/** Fetches when it is asked and what it has is older than ten minutes. */
class Price {
  fetches = 0;
  #goodUntil = 0;

  readonly get = Effect.gen({ self: this }, function* () {
    if (now() < this.#goodUntil) return;
    yield* sleep("200 millis");
    this.fetches++;
    this.#goodUntil = now() + 600_000;
  });
}

/** Registers a test; run by hand, it is run at once. */
function test(name: string, run: () => Promise<void>): unknown {
  if (!import.meta.main) return Deno.test(name, run);
  return runs = runs.then(run).then(() => console.log(`ok  ${name}`));
}
let runs = Promise.resolve();

concurrencyTest("time: the price is kept for ten minutes", function* () {
  const price = new Price();
  for (const wait of [0, 599_999, 1]) {
    yield* sleep(wait);
    yield* price.get;
  }
  assert.deepEqual([price.fetches, now()], [2, 600_400]);
}, { test });

concurrencyTest("order: who comes second finds it there", function* () {
  const [price, order] = [new Price(), new Sequencer()];
  yield* nursery(function* (n) {
    n.startSoon(order.at(1, price.get));
    yield* order.at(0, price.get);
  });
  assert.equal(price.fetches, 1);
}, { test });

concurrencyTest("quiet: nobody asks before the shop opens", function* () {
  const [price, opening] = [new Price(), new Event()];
  yield* nursery(function* (n) {
    n.startSoon(function* () {
      yield* opening.wait;
      yield* price.get;
    });
    yield* waitAllTasksBlocked();
    assert.equal(price.fetches, 0);
    opening.set();
  });
  assert.equal(price.fetches, 1);
}, { test });

/** Two tasks ask at the same time. */
const twoAsk = (ask: (price: Price) => Effect.Effect<void>) =>
  function* () {
    const price = new Price();
    yield* nursery(function* (n) {
      n.startSoon(ask(price));
      n.startSoon(ask(price));
      yield* sleep(0);
    });
    assert.equal(price.fetches, 1);
  };

test("races: two who ask at once fetch twice", async () => {
  const { failure } = await explore(twoAsk((price) => price.get));
  assert.match(String(failure?.error), /2 !== 1/);
});

concurrencyTest(
  "races: with a lock nobody does, in any interleaving",
  () => {
    const lock = new Lock();
    return twoAsk((price) => lock.withLock(price.get))();
  },
  { strategy: "exhaustive", test },
);

const leaves = (name: string, run: () => Promise<void>) =>
  test(name, () => assert.rejects(run, /leaves behind\s+timer of 60000 ms/));

concurrencyTest(
  "leaks: a timer that nobody clears fails the test",
  function* () {
    setTimeout(() => {}, 60_000);
    yield* sleep(1);
  },
  { test: leaves },
);

await runs;

// Output:
// ok  time: the price is kept for ten minutes
// ok  order: who comes second finds it there
// ok  quiet: nobody asks before the shop opens
// ok  races: two who ask at once fetch twice
// ok  races: with a lock nobody does, in any interleaving
// ok  leaks: a timer that nobody clears fails the test
