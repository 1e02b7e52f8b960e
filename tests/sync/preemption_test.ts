// Every primitive on a scheduler that takes turns away between operations, with
// cancellations of ours and interruptions of Effect's at random places.

import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import {
  Barrier,
  CapacityLimiter,
  checkpoint,
  Condition,
  ConflictDetector,
  Event,
  type Future,
  Lock,
  type Nursery,
  nursery,
  openMemoryChannel,
  RwLock,
  Semaphore,
  shieldedCheckpoint,
} from "espalier";
import type { Dice } from "../support/dice.ts";
import { preemptedTest } from "../support/preempting.ts";

/** A way in and out of something that holds at most `limit` tasks. */
interface Door {
  readonly limit: number;
  readonly acquire: Effect.Effect<void, unknown>;
  release(): void;
  within?(body: Effect.Effect<void>): Effect.Effect<void, unknown>;
  /** How many are inside and wait, as it says itself. */
  counts(): readonly [inside: number, waiting: number];
}

const DOORS: Record<string, () => Door> = {
  Lock: () => {
    const lock = new Lock();
    return {
      limit: 1,
      acquire: lock.acquire,
      release: () => lock.release(),
      within: (body) => lock.withLock(() => body),
      counts: () => {
        const { locked, waiting } = lock.statistics();
        return [Number(locked), waiting];
      },
    };
  },
  Semaphore: () => {
    const semaphore = new Semaphore(2, { max: 2 });
    return {
      limit: 2,
      acquire: semaphore.acquire,
      release: () => semaphore.release(),
      within: (body) => semaphore.withPermit(() => body),
      counts: () => {
        const { value, waiting } = semaphore.statistics();
        return [2 - value, waiting];
      },
    };
  },
  CapacityLimiter: () => {
    const limiter = new CapacityLimiter(3);
    return {
      limit: 3,
      acquire: limiter.acquire,
      release: () => limiter.release(),
      within: (body) => limiter.withToken(() => body),
      counts: () => {
        const { borrowed, waiting } = limiter.statistics();
        return [borrowed, waiting];
      },
    };
  },
  "RwLock for writing": () => {
    const lock = new RwLock();
    return {
      limit: 1,
      acquire: lock.acquireWrite,
      release: () => lock.releaseWrite(),
      within: (body) => lock.withWrite(() => body),
      counts: () => {
        const { writer, waiting } = lock.statistics();
        return [Number(writer !== undefined), waiting];
      },
    };
  },
  "a token in a channel": () => {
    const [send, receive] = openMemoryChannel<string>(1);
    send.trySend("token");
    return {
      limit: 1,
      acquire: Effect.asVoid(receive.receive),
      release: () => void send.trySend("token"),
      counts: () => {
        const { buffered, waitingReceivers } = receive.statistics();
        return [1 - buffered, waitingReceivers];
      },
    };
  },
};

for (const [name, make] of Object.entries(DOORS)) {
  preemptedTest(
    `${name} loses and doubles nothing, wherever turns are taken away (R13, R14)`,
    (dice) => {
      const door = make();
      let inside = 0;
      const busy = Effect.acquireUseRelease(
        Effect.sync(() => assert(++inside <= door.limit, `${inside} inside`)),
        () => Effect.andThen(someTurns(dice), checkpoint),
        () => Effect.sync(() => void inside--),
      );
      const visit = Effect.suspend(() => {
        if (door.within === undefined || dice(2) === 0) {
          return byHand(door, busy);
        }
        const visited = door.within(busy);
        // Effect itself interrupts: the finalizer of `within` gives back.
        return dice(3) === 0 ? Effect.timeoutOption(visited, dice(2)) : visited;
      });
      return nursery(function* (n: Nursery) {
        yield* crowd(n, dice, () => Effect.orDie(repeat(dice, visit)));
        assert.equal(inside, 0);
        assert.deepEqual(door.counts(), [0, 0]);
        yield* Effect.orDie(byHand(door, Effect.void));
      });
    },
  );
}

preemptedTest(
  "RwLock never lets a writer in beside anybody, wherever turns are taken away",
  (dice) => {
    const lock = new RwLock();
    let readers = 0;
    let writers = 0;
    const reading = Effect.acquireUseRelease(
      Effect.sync(() => assert.equal(writers, 0, `${++readers} read`)),
      () => checkpoint,
      () => Effect.sync(() => void readers--),
    );
    const writing = Effect.acquireUseRelease(
      Effect.sync(() => assert.deepEqual([readers, ++writers], [0, 1])),
      () => checkpoint,
      () => Effect.sync(() => void writers--),
    );
    const visit = Effect.suspend(() =>
      dice(3) === 0
        ? lock.withWrite(() => writing)
        : lock.withRead(() => reading)
    );
    return nursery(function* (n: Nursery) {
      yield* crowd(n, dice, () => repeat(dice, visit));
      assert.deepEqual(
        lock.statistics(),
        { readers: 0, writer: undefined, waiting: 0 },
      );
    });
  },
);

preemptedTest(
  "CapacityLimiter admits and forgets nobody while it is resized, wherever turns are taken away",
  (dice) => {
    const limiter = new CapacityLimiter(1);
    return nursery(function* (n: Nursery) {
      const resizing = n.startSoon(function* () {
        for (;;) {
          limiter.total = dice(4);
          yield* checkpoint;
        }
      });
      const visits = Effect.suspend(() =>
        repeat(dice, limiter.withToken(() => checkpoint))
      );
      yield* crowd(n, dice, () => visits);
      resizing.cancel();
      yield* resizing.outcome;
      const { borrowed, waiting } = limiter.statistics();
      assert.deepEqual([borrowed, waiting], [0, 0]);
    });
  },
);

preemptedTest(
  "Event wakes all that wait, wherever turns are taken away",
  (dice) =>
    nursery(function* (n: Nursery) {
      const event = new Event();
      const waiting = Array.from({ length: 4 }, () => n.startSoon(event.wait));
      yield* someTurns(dice);
      waiting[0]!.cancel();
      event.set();
      for (const it of waiting.slice(1)) yield* it;
      yield* waiting[0]!.outcome;
      assert.equal(event.statistics().waiting, 0);
    }),
);

preemptedTest(
  "Condition swallows no notification, wherever turns are taken away (R50)",
  (dice) =>
    nursery(function* (n: Nursery) {
      const filled = new Condition();
      let stock = 0;
      let taken = 0;
      const take = filled.lock.withLock(function* () {
        yield* filled.waitFor(() => stock > 0);
        stock--;
        taken++;
      });
      const put = filled.lock.withLock(() =>
        Effect.sync(() => {
          stock++;
          filled.notify();
        })
      );
      const takers = Array.from({ length: 6 }, () => n.startSoon(take));
      const chosen = takers.slice(0, 3);
      n.startSoon(function* () {
        for (const taker of chosen) {
          yield* someTurns(dice);
          taker.cancel();
        }
      });
      // As many as there are takers who stay; one who goes may have taken one.
      for (let i = 0; i < 3; i++) {
        yield* someTurns(dice);
        yield* put;
      }
      for (const taker of chosen) yield* taker.outcome;
      while (stock + taken < 3 + countOf(chosen)) yield* put;
      for (const taker of takers.slice(3)) yield* taker;
      assert.deepEqual([stock, taken], [0, 3 + countOf(chosen)]);
      assert.equal(filled.lock.statistics().locked, false);
      assert.equal(filled.statistics().waiting, 0);
    }),
);

preemptedTest(
  "Barrier completes a round or breaks it, for all of its parties, wherever turns are taken away",
  (dice) =>
    nursery(function* (n: Nursery) {
      const barrier = new Barrier(3);
      const places = [0, 0, 0];
      const party = Effect.gen(function* () {
        for (let round = 0; round < 4; round++) {
          const place = yield* Effect.option(barrier.wait);
          if (Option.isSome(place)) places[place.value]!++;
        }
      });
      const parties = Array.from({ length: 5 }, () => n.startSoon(party));
      for (let i = dice(4); i > 0; i--) {
        yield* someTurns(dice);
        parties[dice(5)]!.cancel();
      }
      yield* turns(60);
      for (const it of parties) it.cancel();
      for (const it of parties) yield* it.outcome;
      assert.equal(barrier.statistics().waiting, 0);
      const [rounds] = places;
      assert.deepEqual(places, [rounds, rounds, rounds]);
    }),
);

preemptedTest(
  "ConflictDetector lets one in and refuses the others, wherever turns are taken away",
  (dice) => {
    const detector = new ConflictDetector();
    let inside = 0;
    const visit = Effect.ignore(detector.guard(() =>
      Effect.acquireUseRelease(
        Effect.sync(() => assert.equal(++inside, 1)),
        () => checkpoint,
        () => Effect.sync(() => void inside--),
      )
    ));
    return nursery(function* (n: Nursery) {
      yield* crowd(n, dice, () => repeat(dice, visit));
      yield* Effect.orDie(detector.guard(Effect.void));
    });
  },
);

function byHand(
  door: Door,
  body: Effect.Effect<void>,
): Effect.Effect<void, unknown> {
  return Effect.gen(function* () {
    yield* door.acquire;
    yield* Effect.ensuring(body, Effect.sync(() => door.release()));
  });
}

/** Six tasks, some of which are cancelled; ends when all have. */
function* crowd(
  n: Nursery,
  dice: Dice,
  member: () => Effect.Effect<unknown>,
): Generator<Effect.Effect<unknown>, void> {
  const members = Array.from({ length: 6 }, () => n.startSoon(member()));
  for (let i = dice(6); i > 0; i--) {
    yield* someTurns(dice);
    members[dice(members.length)]!.cancel();
  }
  for (const it of members) yield* it.outcome;
}

function repeat<E>(
  dice: Dice,
  visit: Effect.Effect<unknown, E>,
): Effect.Effect<void, E> {
  return Effect.gen(function* () {
    for (let round = 1 + dice(4); round > 0; round--) yield* visit;
  });
}

function someTurns(dice: Dice): Effect.Effect<void> {
  return Effect.suspend(() => turns(dice(8)));
}

function turns(count: number): Effect.Effect<void> {
  return Effect.gen(function* () {
    for (let i = 0; i < count; i++) yield* shieldedCheckpoint;
  });
}

function countOf(futures: ReadonlyArray<Future<unknown, unknown>>): number {
  return futures.filter(({ status }) => status === "succeeded").length;
}
