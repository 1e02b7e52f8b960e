import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import {
  checkpoint,
  fromPromise,
  moveOnAfter,
  nursery,
  run,
  sleep,
} from "espalier";
import { explore, VirtualClock, waitAllTasksBlocked } from "espalier/testing";

Deno.test("waitAllTasksBlocked() outlasts a busy task (C103)", async () => {
  const trail = await run(busyAndWaiters);

  assert.deepEqual(trail, [...Array(10).keys(), "a", "b"]);
});

Deno.test("waitAllTasksBlocked() outlasts a busy task in every order (C103)", async () => {
  const { failure, interleavings } = await explore(function* () {
    const trail = yield* busyAndWaiters();
    assert.deepEqual(trail.slice(0, 10), [...Array(10).keys()]);
  }, { strategy: "random", maxInterleavings: 50 });

  assert.deepEqual([failure, interleavings], [undefined, 50]);
});

Deno.test("waitAllTasksBlocked() can be cancelled (C103)", async () => {
  const clock = new VirtualClock();

  const waited = await run(
    nursery(function* (n) {
      const waiter = n.startSoon(waitAllTasksBlocked({ cushion: "1 minute" }));
      yield* checkpoint;
      waiter.cancel("enough");
      return yield* waiter.outcome;
    }),
    { clock },
  );

  assert.equal(waited._tag, "Cancelled");
});

Deno.test("waitAllTasksBlocked() wakes the shortest cushion first and makes the others wait anew (R72)", async () => {
  const trail: string[] = [];
  const waiter = (cushion: number, name: string) =>
    Effect.andThen(
      waitAllTasksBlocked({ cushion }),
      Effect.sync(() => trail.push(name)),
    );

  const started = performance.now();
  await run(nursery(function* (n) {
    n.startSoon(waiter(20, "long"));
    n.startSoon(waiter(5, "short"));
    n.startSoon(waiter(5, "short too"));
    yield* checkpoint;
  }));

  assert.deepEqual(trail, ["short", "short too", "long"]);
  // The long one began anew when the short ones were woken.
  assert.ok(performance.now() - started >= 24);
});

Deno.test("waitAllTasksBlocked() wakes the shortest cushion first in every interleaving (R72)", async () => {
  const { exhausted, failure } = await explore(function* () {
    const trail: number[] = [];
    yield* nursery((n) =>
      Effect.sync(() => {
        for (const cushion of [30, 10, 20]) {
          n.startSoon(function* () {
            yield* waitAllTasksBlocked({ cushion });
            trail.push(cushion);
            yield* checkpoint;
          });
        }
      })
    );
    assert.deepEqual(trail, [10, 20, 30]);
  });

  assert.equal(failure?.story, undefined);
  assert.equal(exhausted, true);
});

Deno.test("waitAllTasksBlocked() is not woken early by a host that has nothing to run (R72)", async () => {
  const started = performance.now();
  const noise = setInterval(() => {}, 1);

  await run(() => waitAllTasksBlocked({ cushion: 15 }));
  clearInterval(noise);

  assert.ok(performance.now() - started >= 14);
});

Deno.test("waitAllTasksBlocked() begins its cushion anew when somebody runs (R72)", async () => {
  const trail: string[] = [];

  await run(nursery(function* (n) {
    n.startSoon(function* () {
      for (let i = 0; i < 4; i++) yield* sleep(8);
      trail.push("done");
    });
    yield* waitAllTasksBlocked({ cushion: 20 });
    trail.push("blocked");
  }));

  assert.deepEqual(trail, ["done", "blocked"]);
});

Deno.test("waitAllTasksBlocked() counts a task that waits for a promise as blocked", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();

  await run(nursery(function* (n) {
    n.startSoon(fromPromise(() => promise));
    yield* waitAllTasksBlocked();
    resolve();
  }));
});

Deno.test("waitAllTasksBlocked() holds the clock (R71)", async () => {
  const clock = new VirtualClock({ autojump: true });

  const waited = await run(
    moveOnAfter(1, function* () {
      yield* waitAllTasksBlocked({ cushion: 5 });
      return clock.now();
    }),
    { clock },
  );

  assert.deepEqual(waited._tag === "Some" && waited.value, 0);
});

Deno.test("waitAllTasksBlocked() refuses a negative cushion", () => {
  assert.throws(() => waitAllTasksBlocked({ cushion: -1 }), RangeError);
});

/** One task that is busy for ten steps, and two that wait for it. */
function* busyAndWaiters() {
  const trail: Array<number | string> = [];
  yield* nursery(function* (n) {
    n.startSoon(function* () {
      for (let step = 0; step < 10; step++) {
        yield* checkpoint;
        trail.push(step);
      }
    });
    for (const name of ["a", "b"]) {
      n.startSoon(
        Effect.andThen(
          waitAllTasksBlocked(),
          Effect.sync(() => trail.push(name)),
        ),
      );
    }
    yield* checkpoint;
  });
  return trail;
}
