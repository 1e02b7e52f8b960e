import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import { checkpoint, type Nursery, nursery, sleep } from "espalier";
import {
  Barrier,
  CapacityLimiter,
  Condition,
  Event,
  Lock,
  RwLock,
  Semaphore,
} from "espalier/sync";
import { explore } from "espalier/testing";

type Hold = (body: Effect.Effect<void>) => Effect.Effect<void>;

/** How each is held, and whether it is free when nobody holds it. */
const LOCKS: Record<string, () => { hold: Hold; isFree(): boolean }> = {
  "Lock": () => {
    const lock = new Lock();
    return {
      hold: (body) => lock.withLock(body),
      isFree: () => !lock.statistics().locked,
    };
  },
  "Semaphore": () => {
    const semaphore = new Semaphore(1, { max: 1 });
    return {
      hold: (body) => semaphore.withPermit(body),
      isFree: () => semaphore.statistics().value === 1,
    };
  },
  "CapacityLimiter": () => {
    const limiter = new CapacityLimiter(1);
    return {
      hold: (body) => limiter.withToken(body),
      isFree: () => limiter.statistics().borrowed === 0,
    };
  },
  "RwLock": () => {
    const lock = new RwLock();
    return {
      hold: (body) => lock.withWrite(body),
      isFree: () => lock.statistics().writer === undefined,
    };
  },
};

for (const [name, make] of Object.entries(LOCKS)) {
  Deno.test(`${name} excludes and is free again in every interleaving of 3 tasks, each cancelled before each of its steps`, async () => {
    await holdsEverywhere(() => {
      const { hold, isFree } = make();
      let inside = 0;
      const visit = hold(Effect.ensuring(
        Effect.suspend(() => {
          assert.equal(++inside, 1);
          return checkpoint;
        }),
        Effect.sync(() => inside--),
      ));
      return together([visit, visit, visit], () => assert.ok(isFree()));
    });
  });
}

Deno.test("Condition hands on every notification in every interleaving, each task cancelled before each of its steps", async () => {
  await holdsEverywhere(() => {
    const condition = new Condition();
    let items = 0;
    const take = condition.lock.withLock(function* () {
      yield* condition.waitFor(() => items > 0);
      items--;
    });
    const put = condition.lock.withLock(Effect.sync(() => {
      items++;
      condition.notify();
    }));
    // Enough for all: whoever waits for ever has missed a notification.
    const putTwo = Effect.uninterruptible(Effect.andThen(put, put));
    return together([take, putTwo, take], () => {
      assert.equal(condition.statistics().waiting, 0);
      assert.equal(condition.lock.statistics().locked, false);
    });
  });
});

Deno.test("Barrier lets all go or tells all in every interleaving, each party cancelled before each of its steps", async () => {
  await holdsEverywhere(() => {
    const barrier = new Barrier(2);
    const ends: string[] = [];
    const party = Effect.match(barrier.wait, {
      onSuccess: () => ends.push("went"),
      onFailure: () => ends.push("told"),
    });
    // When nobody can go on, somebody comes in the place of a cancelled one.
    const stopgap = Effect.flatMap(
      sleep(1),
      () => barrier.statistics().waiting === 1 ? party : Effect.void,
    );
    return together(
      [party, party, Effect.ensuring(checkpoint, stopgap)],
      () => {
        assert.equal(barrier.statistics().waiting, 0);
        assert.ok(ends.filter((end) => end === "told").length <= 1, `${ends}`);
      },
    );
  });
});

Deno.test("Event is missed by nobody in every interleaving, each waiter cancelled before each of its steps", async () => {
  await holdsEverywhere(() => {
    const event = new Event();
    const set = Effect.sync(() => event.set());
    return together(
      [event.wait, Effect.ensuring(checkpoint, set), event.wait],
      () => {
        assert.equal(event.statistics().waiting, 0);
      },
    );
  });
});

Deno.test("two Locks taken in two orders are found to deadlock, with the tasks, the locks and the circle", async () => {
  const { failure } = await explore(() => {
    const [left, right] = [new Lock({ name: "l" }), new Lock({ name: "r" })];
    return nursery(function* (n: Nursery) {
      n.startSoon(left.withLock(() => right.withLock(checkpoint)), {
        name: "a",
      });
      n.startSoon(right.withLock(() => left.withLock(checkpoint)), {
        name: "b",
      });
      yield* checkpoint;
    });
  });

  const message = String(failure?.error);
  assert.match(message, /a waits for Lock "r", held by b/);
  assert.match(message, /b waits for Lock "l", held by a/);
});

async function holdsEverywhere(
  body: () => Effect.Effect<void>,
): Promise<void> {
  for (const cancelEverywhere of [false, true]) {
    const { failure, exhausted, interleavings } = await explore(body, {
      strategy: "exhaustive",
      cancelEverywhere,
    });
    assert.equal(failure, undefined, failure?.story);
    assert.ok(exhausted, `not all of them: ${interleavings}`);
    assert.ok(interleavings > 5, `${interleavings}`);
  }
}

function together(
  bodies: ReadonlyArray<Effect.Effect<void>>,
  then: () => void,
): Effect.Effect<void> {
  const all = nursery(function* (n: Nursery) {
    for (const body of bodies) n.startSoon(body);
    yield* Effect.void;
  });
  return Effect.map(all, then);
}
