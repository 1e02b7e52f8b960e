import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import { moveOnAfter, now, nursery, run, sleep, sleepForever } from "espalier";

Deno.test("sleeps side by side end in time where Date and the timers are faked", async () => {
  const trail: string[] = [];
  const start = performance.now();
  const time = fakeTime();
  try {
    const running = run(nursery(function* (n) {
      const began = now();
      for (const ms of [3000, 1000, 2000]) {
        n.startSoon(function* () {
          yield* sleep(ms);
          trail.push(`${ms} at ${time.shown}, ${Math.round(now() - began)}`);
        });
      }
      yield* moveOnAfter(1500, sleepForever);
      trail.push(`1500 at ${time.shown}`);
    }));
    while (trail.length < 4) await time.tick(500);
    await running;
  } finally {
    time.restore();
  }
  assert.deepEqual(trail, [
    "1000 at 1000, 1000",
    "1500 at 1500",
    "2000 at 2000, 2000",
    "3000 at 3000, 3000",
  ]);
  assert(performance.now() - start < 2000, "it waited for real");
});

Deno.test("now() does not go back when time is faked, moved and itself again", async () => {
  const seen: number[] = [];
  const look = () =>
    run(function* () {
      seen.push(now());
      yield* sleep(0);
      seen.push(now());
    });
  await look();
  for (const start of [5_000_000, 0, 10_000]) {
    const time = fakeTime(start);
    try {
      const looking = look();
      await time.tick(100);
      await looking;
      seen.push(await run(Effect.sync(now)));
    } finally {
      time.restore();
    }
    await look();
  }
  assert.deepEqual(seen, seen.toSorted((a, b) => a - b));
});

Deno.test("a run that outlives the faking of time goes on by the platform's clock", async () => {
  const { clearTimeout } = globalThis;
  const cleared: number[] = [];
  const time = fakeTime();
  const left = run(sleep(30));
  for (let turn = 0; turn < 50; turn++) await undefined;
  time.restore();
  globalThis.clearTimeout = (id) => {
    cleared.push(Number(id));
    clearTimeout(id);
  };
  try {
    // Not due before the one that was left: it would wait behind its alarm.
    await Promise.all([run(sleep(40)), left]);
  } finally {
    globalThis.clearTimeout = clearTimeout;
  }
  assert(!cleared.includes(time.lastId), "it cleared a timer of somebody else");
});

Deno.test("a run that began before time was faked goes on by the faked clock", async () => {
  const running = run(sleep(60_000));
  for (let turn = 0; turn < 50; turn++) await undefined;
  const time = fakeTime();
  try {
    await run(Effect.sync(now));
    await time.tick(60_001);
    await running;
  } finally {
    time.restore();
  }
});

Deno.test("time is the platform's where only Date is another one", async () => {
  const { Date } = globalThis;
  globalThis.Date = class extends Date {
    static override now = () => 0;
  } as DateConstructor;
  try {
    await run(function* () {
      const began = now();
      yield* sleep(2);
      assert(now() - began >= 1);
    });
  } finally {
    globalThis.Date = Date;
  }
});

/** Puts a clock that stands still until `tick` in the place of the platform's. */
function fakeTime(start = 0) {
  const { Date, setTimeout, clearTimeout } = globalThis;
  const timers = new Map<number, { due: number; ring: () => void }>();
  let ids = 1_000_000;
  const time = {
    shown: start,
    async tick(ms: number) {
      const until = time.shown + ms;
      // Terminates: what rings only marks and queues.
      for (;;) {
        for (let turn = 0; turn < 50; turn++) await undefined;
        const [next] = [...timers].sort(([, a], [, b]) => a.due - b.due);
        if (next === undefined || next[1].due > until) break;
        timers.delete(next[0]);
        time.shown = Math.max(time.shown, next[1].due);
        next[1].ring();
      }
      time.shown = until;
    },
    get lastId() {
      return ids;
    },
    restore: () =>
      Object.assign(globalThis, { Date, setTimeout, clearTimeout }),
  };
  Object.assign(globalThis, {
    Date: class extends Date {
      static override now = () => time.shown;
    },
    setTimeout(ring: () => void, delay = 0) {
      timers.set(++ids, { due: time.shown + Math.floor(delay), ring });
      return ids;
    },
    clearTimeout: (id: number) => void timers.delete(id),
  });
  return time;
}
