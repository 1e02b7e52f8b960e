import assert from "node:assert/strict";
import { affinity } from "../../src/cpu/strategy/affinity.ts";
import { leastLoaded } from "../../src/cpu/strategy/least_loaded.ts";
import { drawTwo, powerOfTwo } from "../../src/cpu/strategy/power_of_two.ts";
import { roundRobin } from "../../src/cpu/strategy/round_robin.ts";
import type {
  JobView,
  Strategy,
  WorkerView,
} from "../../src/cpu/strategy/strategy.ts";
import { weightedRoundRobin } from "../../src/cpu/strategy/weighted_round_robin.ts";
import { seeded } from "./support/until.ts";

const all: readonly Strategy[] = [
  leastLoaded,
  roundRobin,
  weightedRoundRobin([1, 2, 3]),
  powerOfTwo,
  affinity,
];

for (const strategy of all) {
  Deno.test(`${strategy.name} answers an index of the workers, whoever they are`, () => {
    const random = seeded(7);
    const choose = strategy.start();
    for (let round = 0; round < 2000; round++) {
      const workers = someWorkers(random);
      const index = choose(workers, job(`key ${round % 17}`));
      assert(workers[index] !== undefined, `${index} of ${workers.length}`);
    }
  });
}

Deno.test("leastLoaded picks the least in flight, then the least finished", () => {
  const random = seeded(11);
  const choose = leastLoaded.start();
  for (let round = 0; round < 1000; round++) {
    const workers = someWorkers(random);
    const chosen = workers[choose(workers, job())]!;
    for (const { inFlight, completed } of workers) {
      assert(chosen.inFlight <= inFlight);
      if (chosen.inFlight === inFlight) assert(chosen.completed <= completed);
    }
  }
});

Deno.test("roundRobin gives every worker one turn a round, and no turn is lost when one leaves", () => {
  const choose = roundRobin.start();
  const three = workersOf([4, 7, 9]);

  const first = [1, 2, 3, 4].map(() => three[choose(three, job())]!.id);
  const two = workersOf([4, 9]);
  const then = [1, 2, 3].map(() => two[choose(two, job())]!.id);

  assert.deepEqual(first, [4, 7, 9, 4]);
  assert.deepEqual(then, [9, 4, 9]);
});

Deno.test("roundRobin shares nothing between two scopes", () => {
  const workers = workersOf([0, 1]);
  const one = roundRobin.start();
  one(workers, job());

  assert.equal(roundRobin.start()(workers, job()), 0);
});

Deno.test("weightedRoundRobin() picks each worker as often as its weight says, and spreads its turns", () => {
  const random = seeded(3);
  for (let round = 0; round < 200; round++) {
    const weights = [1, 2, 3].map(() => Math.floor(random() * 6));
    if (weights.every((weight) => weight === 0)) continue;
    const workers = workersOf([0, 1, 2]);
    const choose = weightedRoundRobin(weights).start();
    const sum = weights.reduce((a, b) => a + b);

    const picks = Array.from({ length: sum * 3 }, () => choose(workers, job()));

    for (const index of [0, 1, 2]) {
      const share = picks.filter((pick) => pick === index).length;
      assert.equal(share, weights[index]! * 3, `${weights} gave ${picks}`);
    }
  }
  const choose = weightedRoundRobin([5, 1, 1]).start();
  const workers = workersOf([0, 1, 2]);
  const picks = Array.from({ length: 7 }, () => choose(workers, job()));
  assert.deepEqual(picks, [0, 0, 1, 0, 2, 0, 0]);
});

Deno.test("weightedRoundRobin() refuses weights that pick nobody", () => {
  for (const weights of [[], [0, 0], [1, -1], [NaN], [1, Infinity]]) {
    assert.throws(() => weightedRoundRobin(weights), RangeError);
  }
});

Deno.test("powerOfTwo picks the better of two different workers, and draws them all alike", () => {
  const random = seeded(5);
  const choose = drawTwo(random);
  const even = workersOf([0, 1, 2, 3]);
  const counts = [0, 0, 0, 0];
  for (let round = 0; round < 8000; round++) counts[choose(even, job())]!++;
  for (const count of counts) {
    assert(count > 1800 && count < 2200, `${counts}`);
  }
  const busiest = workersOf([0, 1, 2]).map((worker) => ({
    ...worker,
    inFlight: worker.id === 1 ? 9 : 0,
  }));
  for (let round = 0; round < 500; round++) {
    assert.notEqual(choose(busiest, job()), 1);
  }
});

Deno.test("affinity spreads keys evenly, and moves only the keys of a worker that leaves", () => {
  const choose = affinity.start();
  const four = workersOf([0, 1, 2, 3]);
  const three = workersOf([0, 1, 3]);
  const counts = [0, 0, 0, 0];
  for (let key = 0; key < 4000; key++) {
    const before = four[choose(four, job(key))]!.id;
    const after = three[choose(three, job(key))]!.id;
    counts[before]!++;
    if (before !== 2) assert.equal(after, before);
  }
  for (const count of counts) {
    assert(count > 850 && count < 1150, `${counts}`);
  }
});

Deno.test("affinity tells the number 1 from the text, and without a key looks at the load", () => {
  const choose = affinity.start();
  const many = workersOf(Array.from({ length: 64 }, (_, id) => id));
  const differing = Array.from(
    { length: 20 },
    (_, key) => choose(many, job(key)) !== choose(many, job(String(key))),
  );
  const busy = [
    { id: 0, inFlight: 3, completed: 0 },
    { id: 1, inFlight: 1, completed: 0 },
  ];

  assert(differing.filter(Boolean).length > 15);
  assert.equal(choose(busy, job()), 1);
});

function job(key?: string | number): JobView {
  return { task: "task", key, priority: 0 };
}

function workersOf(ids: readonly number[]): WorkerView[] {
  return ids.map((id) => ({ id, inFlight: 0, completed: 0 }));
}

function someWorkers(random: () => number): WorkerView[] {
  const count = 1 + Math.floor(random() * 9);
  return Array.from({ length: count }, (_, index) => ({
    id: index * 3 + Math.floor(random() * 3),
    inFlight: Math.floor(random() * 4),
    completed: Math.floor(random() * 4),
  }));
}
