import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import { checkpoint, run } from "espalier";
import { ParkingLot } from "espalier/core";
import { CapacityLimiter, Lock, RwLock, Semaphore } from "espalier/sync";
import { checkLockLike, type LockLike, VirtualClock } from "espalier/testing";
import { virtualRun } from "../support/virtual_test.ts";

const GOOD: Record<string, () => LockLike> = {
  "Lock": () => new Lock(),
  "Semaphore(1)": () => new Semaphore(1),
  "CapacityLimiter(1)": () => new CapacityLimiter(1),
  "RwLock for writing": () => {
    const lock = new RwLock();
    return {
      acquire: lock.acquireWrite,
      tryAcquire: () => lock.tryAcquireWrite(),
      release: () => lock.releaseWrite(),
      statistics: () => lock.statistics(),
    };
  },
};

for (const [name, make] of Object.entries(GOOD)) {
  Deno.test(`checkLockLike() accepts ${name} (C079, C080)`, async () => {
    await virtualRun(() => checkLockLike(make, { name }));
  });
}

/** A lock of a few lines, and the lines that somebody may get wrong. */
class HomeMade implements LockLike {
  protected isFree = true;
  protected readonly lot = new ParkingLot();

  get acquire(): Effect.Effect<void> {
    return Effect.suspend(() => {
      if (Result.isSuccess(this.tryAcquire())) {
        return Effect.onInterrupt(checkpoint, () => this.giveBack());
      }
      return this.wait();
    });
  }

  tryAcquire(): Result.Result<void, string> {
    if (!this.isFree || this.lot.size > 0) return Result.fail("held");
    this.isFree = false;
    return Result.void;
  }

  release(): void {
    if (this.lot.unpark() === 0) this.isFree = true;
  }

  statistics() {
    return { waiting: this.lot.size };
  }

  protected wait(): Effect.Effect<void> {
    return Effect.orDie(this.lot.parkWith({ lost: () => this.release() }));
  }

  protected giveBack(): Effect.Effect<void> {
    return Effect.sync(() => this.release());
  }
}

const BAD: Record<string, [() => LockLike, RegExp]> = {
  "that two can have": [() => new Semaphore(2), /one task at a time/],
  "that a newcomer takes while a waiter is on its way (anyio #1170)": [
    () =>
      new class extends HomeMade {
        override release() {
          this.isFree = true;
          this.lot.unpark();
        }
      }(),
    /nobody pushes in/,
  ],
  "that wakes the last first": [
    () => {
      const lots: ParkingLot[] = [];
      return new class extends HomeMade {
        override wait() {
          const lot = new ParkingLot();
          lots.push(lot);
          return Effect.orDie(lot.park);
        }
        override release() {
          if (lots.pop()?.unpark() === undefined) this.isFree = true;
        }
      }();
    },
    /order of asking/,
  ],
  "that lets the one who released take it again at once": [
    () =>
      new class extends HomeMade {
        override get acquire(): Effect.Effect<void> {
          return Effect.suspend(() => {
            if (!this.isFree) {
              return Effect.flatMap(Effect.orDie(this.lot.park), () =>
                this.acquire);
            }
            this.isFree = false;
            return checkpoint;
          });
        }
        override release() {
          this.isFree = true;
          this.lot.unpark();
        }
      }(),
    /order of asking|pushes in/,
  ],
  "whose tryAcquire() never succeeds": [
    () =>
      new class extends HomeMade {
        override tryAcquire() {
          return Result.fail("never");
        }
        override get acquire() {
          return Effect.suspend(() => {
            if (!this.isFree) return this.wait();
            this.isFree = false;
            return checkpoint;
          });
        }
      }(),
    /tryAcquire\(\) takes what is free/,
  ],
  "that does not wait where it need not": [
    () =>
      new class extends HomeMade {
        override get acquire() {
          return Effect.suspend(() =>
            Result.isSuccess(this.tryAcquire()) ? Effect.void : this.wait()
          );
        }
      }(),
    /schedule point/,
  ],
  "that a cancelled task takes": [
    () =>
      new class extends HomeMade {
        override giveBack() {
          return Effect.void;
        }
      }(),
    /cancel point/,
  ],
  "that cannot count": [
    () =>
      new class extends HomeMade {
        override statistics() {
          return { waiting: 0 };
        }
      }(),
    /counts who waits/,
  ],
  "that loses what it handed to somebody interrupted (anyio #947)": [
    () =>
      new class extends HomeMade {
        override wait() {
          return Effect.orDie(this.lot.park);
        }
      }(),
    /loses and doubles nothing/,
  ],
  "that gives back twice what it handed to somebody interrupted": [
    () =>
      new class extends HomeMade {
        override wait() {
          return Effect.onInterrupt(super.wait(), () => this.giveBack());
        }
      }(),
    /counts who waits/,
  ],
};

Deno.test("checkLockLike() accepts a lock made by hand", async () => {
  await virtualRun(() => checkLockLike(() => new HomeMade()));
});

for (const [fault, [make, law]] of Object.entries(BAD)) {
  Deno.test(`checkLockLike() refuses a lock ${fault}`, async () => {
    await assert.rejects(
      virtualRun(() => checkLockLike(make, { name: "it" })),
      (error: Error) => {
        assert.match(error.message, /^Cannot use it as a lock: /);
        assert.match(error.message, law);
        assert.ok(error.cause instanceof Error);
        return true;
      },
    );
  });
}

Deno.test("checkLockLike() gives up a lock that nobody gets", async () => {
  const clock = new VirtualClock({ autojump: true });
  const check = checkLockLike(() => {
    const lock = new Lock();
    return {
      acquire: Effect.never,
      tryAcquire: () => lock.tryAcquire(),
      release: () => lock.release(),
    };
  });

  await assert.rejects(run(check, { clock }), {
    message: "Cannot use lock as a lock: one task at a time is inside",
  });

  assert.equal(clock.now(), 10_000);
});
