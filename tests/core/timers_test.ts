import assert from "node:assert/strict";
import {
  CancelScope,
  moveOnAfter,
  moveOnAt,
  now,
  nursery,
  run,
  sleep,
  sleepForever,
} from "espalier";
import { VirtualClock } from "espalier/testing";
import type { TimeSource } from "../../src/core/_time_source.ts";
import { type Timer, TimerHeap } from "../../src/core/_timers.ts";
import { scopeTest, virtualTest } from "../support/virtual_test.ts";

virtualTest("a deadline that moves does not delay the others", function* () {
  const moved = new CancelScope({ deadline: 10 });
  const passed: number[] = [];
  const until = function* (deadline: number) {
    yield* moveOnAt(deadline, sleepForever);
    passed.push(now());
  };

  yield* nursery(function* (n) {
    n.startSoon(moved.run(sleep(5000)));
    n.startSoon(() => until(50));
    n.startSoon(() => until(60));
    yield* sleep(1);
    moved.deadline = 1000;
  });

  assert.deepEqual(passed, [50, 60]);
  assert.equal(moved.cancellation?.at, 1000);
});

virtualTest("deadlines that move at random all strike in time", function* () {
  const random = randomNumbers(7);
  const scopes = Array.from(
    { length: 300 },
    () => new CancelScope({ timeout: 1 + random(10_000) }),
  );
  yield* nursery(function* (n) {
    for (const scope of scopes) {
      n.startSoon(function* () {
        yield* scope.run(sleepForever);
        assert.equal(now(), scope.deadline);
      });
    }
    yield* sleep(0);
    yield* sleep(0);
    for (let i = 0; i < 3000; i++) {
      if (i % 10 === 0) yield* sleep(1);
      const scope = scopes[random(scopes.length)]!;
      if (!scope.cancelCalled) scope.deadline = now() + 1 + random(10_000);
    }
  });
});

scopeTest(
  "ten thousand live deadlines cost one alarm and strike in order",
  function* () {
    const struck: number[] = [];
    yield* nursery(function* (n) {
      for (let i = 0; i < 10_000; i++) {
        n.startSoon(function* () {
          yield* moveOnAfter(1 + (i * 7919) % 10_007, sleepForever);
          struck.push(now());
        });
      }
      yield* sleep(0);
    });
    assert.equal(struck.length, 10_000);
    assert.deepEqual(struck, struck.toSorted((a, b) => a - b));
  },
);

Deno.test("a timer that is disarmed does not fire, wherever it stands", () => {
  const source = new HandSource();
  const heap = new TimerHeap(source, false);
  const fired: number[] = [];
  const random = randomNumbers(3);
  const timers = Array.from(
    { length: 1000 },
    () => heapTimer(1 + random(500), (dueAt) => fired.push(dueAt)),
  );
  timers.forEach((timer) => heap.arm(timer));
  const kept = timers.filter(() => random(4) === 0);
  timers.filter((it) => !kept.includes(it)).forEach((it) => heap.disarm(it));
  source.moveTo(500);

  assert.deepEqual(
    fired,
    kept.map(({ dueAt }) => dueAt).sort((a, b) => a - b),
  );
  assert.equal(source.alarms.size, 0);
});

Deno.test("timers that are due together fire in the order in which they were armed", () => {
  const source = new HandSource();
  const heap = new TimerHeap(source, false);
  const fired: string[] = [];
  for (const name of ["a", "b", "c", "d", "e"]) {
    heap.arm(heapTimer(5, () => fired.push(name)));
  }
  source.moveTo(5);
  assert.deepEqual(fired, ["a", "b", "c", "d", "e"]);
});

Deno.test("an alarm that the platform had to cut short is set again", () => {
  const month = 31 * 86_400_000;
  const longest = 2 ** 31 - 1;
  assert(month > longest);
  const source = new HandSource(longest);
  const heap = new TimerHeap(source, false);
  const fired: number[] = [];
  heap.arm(heapTimer(month, (dueAt) => fired.push(dueAt)));
  source.moveTo(longest);
  assert.deepEqual(fired, []);
  assert.equal(source.alarms.size, 1);
  source.moveTo(month);
  assert.deepEqual(fired, [month]);
});

Deno.test("an alarm is believed although the clock lags behind it", () => {
  const source = new HandSource();
  const heap = new TimerHeap(source, false);
  let fired = false;
  heap.arm(heapTimer(10, () => fired = true));
  source.ringAll();
  assert.equal(fired, true);
});

Deno.test("a deadline further away than the platform's longest timer is fine", async () => {
  await run(moveOnAfter("60 days", () => sleep(1)));
  const clock = new VirtualClock({ autojump: true });
  const ended = await run(function* () {
    yield* moveOnAfter("60 days", sleepForever);
    return now();
  }, { clock });
  assert.equal(ended, 60 * 86_400_000);
});

Deno.test("watchdogs are no events: a clock that jumps does not stop for them", () => {
  const source = new HandSource();
  const heap = new TimerHeap(source, false);
  heap.arm({ ...heapTimer(5, () => {}), isEvent: false });
  assert.deepEqual(source.events(), [false]);
  const event = heapTimer(9, () => {});
  heap.arm(event);
  assert.deepEqual(source.events(), [true]);
  heap.disarm(event);
  assert.deepEqual(source.events(), [false]);
});

interface SetAlarm {
  readonly dueAt: number;
  readonly ring: () => void;
  readonly isEvent: boolean;
}

/** A time source that is moved by hand. */
class HandSource implements TimeSource {
  readonly alarms = new Set<SetAlarm>();
  #now = 0;

  constructor(readonly longest: number = Infinity) {}

  readonly now = (): number => this.#now;

  alarm(dueAt: number, ring: () => void, isEvent: boolean): () => void {
    const at = Math.min(dueAt, this.#now + this.longest);
    const alarm = { dueAt: at, ring, isEvent };
    this.alarms.add(alarm);
    return () => this.alarms.delete(alarm);
  }

  events(): boolean[] {
    return [...this.alarms].map(({ isEvent }) => isEvent);
  }

  moveTo(moment: number): void {
    this.#now = moment;
    for (const alarm of [...this.alarms]) {
      if (alarm.dueAt <= moment && this.alarms.delete(alarm)) alarm.ring();
    }
  }

  ringAll(): void {
    for (const alarm of [...this.alarms]) {
      this.alarms.delete(alarm);
      alarm.ring();
    }
  }
}

function heapTimer(dueAt: number, fired: (dueAt: number) => void): Timer {
  return {
    dueAt,
    armed: false,
    turn: 0,
    isEvent: true,
    fire: () => fired(dueAt),
  };
}

/** A small generator of numbers that look random and are the same every time. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}
