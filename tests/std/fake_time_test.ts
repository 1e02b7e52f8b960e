// FakeTime of @std/testing beside a run: both show the same time.

import assert from "node:assert/strict";
import { delay } from "@std/async/delay";
import { FakeTime } from "@std/testing/time";
import {
  failAfter,
  mapConcurrent,
  moveOnAfter,
  now,
  nursery,
  onSleep,
  run,
  runExit,
  select,
  sleep,
  sleepForever,
} from "espalier";
import { VirtualClock } from "espalier/testing";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";

Deno.test("a run sleeps until FakeTime says so, side by side with delay()", async () => {
  using time = new FakeTime();
  const start = time.now;
  const trail: string[] = [];
  const running = run(nursery(function* (n) {
    for (const ms of [3000, 1000, 2000]) {
      n.startSoon(function* () {
        const began = now();
        yield* sleep(ms);
        trail.push(`sleep ${ms} at ${time.now - start}, ${now() - began}`);
      });
    }
    n.startSoon(async (signal: AbortSignal) => {
      await delay(1500, { signal });
      trail.push(`delay 1500 at ${time.now - start}`);
    });
    yield* Effect.sleep(2500);
    trail.push(`Effect.sleep 2500 at ${time.now - start}`);
  }));

  for (let tick = 0; tick < 7; tick++) await time.tickAsync(500);
  await running;

  assert.deepEqual(trail, [
    "sleep 1000 at 1000, 1000",
    "delay 1500 at 1500",
    "sleep 2000 at 2000, 2000",
    "Effect.sleep 2500 at 2500",
    "sleep 3000 at 3000, 3000",
  ]);
});

Deno.test("deadlines of a run strike when FakeTime says so", async () => {
  using time = new FakeTime();
  const running = runExit(nursery(function* (n) {
    n.startSoon(moveOnAfter("1 hour", sleepForever));
    yield* failAfter("2 hours", sleepForever);
  }));
  let ended = false;
  running.then(() => ended = true);

  await time.tickAsync(2 * 3_600_000 - 1);
  await time.runMicrotasks();
  assert.equal(ended, false);
  await time.tickAsync(1);
  const exit = await running;

  assert(Exit.isFailure(exit));
  assert.match(String(exit.cause), /DeadlineExceeded/);
});

Deno.test("select() and a rate keep to FakeTime", async () => {
  using time = new FakeTime();
  const start = time.now;
  const running = run(function* () {
    const chosen = yield* select([
      onSleep(300, () => Effect.succeed("slow")),
      onSleep(200, () => Effect.succeed("quick")),
    ]);
    const starts = yield* mapConcurrent(
      [1, 2, 3],
      () => Effect.sync(() => time.now - start),
      { concurrency: 3, rate: { limit: 1, interval: 100 } },
    );
    return { chosen, starts };
  });

  for (let tick = 0; tick < 50; tick++) await time.tickAsync(10);

  assert.deepEqual(
    await running,
    { chosen: "quick", starts: [200, 300, 400] },
  );
});

Deno.test("runAllAsync() of FakeTime runs a run to its end", async () => {
  using time = new FakeTime(0);
  const running = run(function* () {
    for (let i = 0; i < 5; i++) yield* sleep("1 day");
    return time.now;
  });

  await time.runAllAsync();
  await time.runMicrotasks();
  while (time.next()) await time.runMicrotasks();

  assert.equal(await running, 5 * 86_400_000);
});

Deno.test("a run that FakeTime has seen leaves the next one as it would be", async () => {
  {
    using time = new FakeTime();
    const running = run(sleep("1 day"));
    await time.tickAsync(86_400_000);
    await running;
  }
  const before = performance.now();
  await run(sleep(5));
  const took = performance.now() - before;
  assert(took >= 4 && took < 5000, `it took ${took} ms`);
});

Deno.test("a virtual clock does not mind FakeTime, nor FakeTime a virtual clock", async () => {
  using time = new FakeTime();
  const start = time.now;
  const clock = new VirtualClock({ autojump: true });
  const slept = await run(function* () {
    yield* sleep("1 day");
    return now();
  }, { clock });

  assert.equal(slept, 86_400_000);
  assert.equal(time.now, start);
});
