import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import {
  BrokenResource,
  cancelScope,
  checkpoint,
  currentTask,
  moveOnAfter,
  type Nursery,
  nursery,
  run,
  sleepForever,
  type Task,
} from "espalier";
import { ParkingLot } from "espalier/core";
import { stopAtEveryStep } from "../../src/testing/_injection.ts";
import { virtualTest } from "../support/virtual_test.ts";

virtualTest(
  "ParkingLot.unpark() wakes in order, as many as asked, and nobody where nobody waits (C064, R46)",
  function* () {
    const lot = new ParkingLot();
    const woken: string[] = [];
    const parkThree = (n: Nursery) =>
      Effect.gen(function* () {
        for (const name of ["a", "b", "c"]) {
          n.startSoon(
            Effect.map(Effect.orDie(lot.park), () => woken.push(name)),
          );
        }
        yield* checkpoint;
      });
    yield* nursery(function* (n: Nursery) {
      yield* parkThree(n);
      for (const name of ["a", "b", "c"]) {
        assert.equal(lot.unpark(), 1);
        yield* checkpoint;
        assert.equal(woken.at(-1), name);
      }

      woken.length = 0;
      yield* parkThree(n);
      assert.equal(lot.unpark(2), 2);
      yield* checkpoint;
      assert.deepEqual(woken, ["a", "b"]);
      assert.equal(lot.unpark(5), 1);
      yield* checkpoint;
      assert.deepEqual(woken, ["a", "b", "c"]);

      woken.length = 0;
      yield* parkThree(n);
      assert.equal(lot.unparkAll(), 3);
      yield* checkpoint;
      assert.deepEqual(woken, ["a", "b", "c"]);

      assert.equal(lot.unpark(), 0);
      assert.equal(lot.unparkAll(), 0);
    });
  },
);

virtualTest(
  "ParkingLot refuses a count that is none (C064, R46)",
  function* () {
    const lot = new ParkingLot();
    const other = new ParkingLot();
    for (const count of [1.5, -1, NaN]) {
      const message = (verb: string) =>
        `Cannot ${verb} tasks: the count must be an integer of at least 0 or ` +
        `Infinity: received ${count}`;
      assert.throws(() => lot.unpark(count), {
        name: "RangeError",
        message: message("unpark"),
      });
      assert.throws(() => lot.repark(other, count), {
        name: "RangeError",
        message: message("repark"),
      });
    }
    yield* Effect.void;
  },
);

virtualTest(
  "ParkingLot lets a cancelled waiter go and keeps the others in order (C065, R46)",
  function* () {
    const lot = new ParkingLot();
    const woken: string[] = [];
    yield* nursery(function* (n: Nursery) {
      const park = (name: string) =>
        n.startSoon(Effect.map(Effect.orDie(lot.park), () => woken.push(name)));
      park("a");
      const second = park("b");
      park("c");
      yield* checkpoint;

      second.cancel();
      yield* checkpoint;

      assert.equal(lot.size, 2);
      assert.deepEqual(lot.statistics(), { waiting: 2 });
      assert.equal(second.status, "cancelled");
      lot.unparkAll();
    });
    assert.deepEqual(woken, ["a", "c"]);
  },
);

virtualTest(
  "ParkingLot wakes in a later turn, and keeps the wake-up of who is cancelled after it (R13, R18)",
  function* () {
    const lot = new ParkingLot();
    yield* nursery(function* (n: Nursery) {
      let woken = false;
      const parked = n.startSoon(Effect.map(Effect.orDie(lot.park), () => {
        woken = true;
      }));
      yield* checkpoint;

      lot.unpark();
      parked.cancel();

      assert.equal(woken, false);
      yield* checkpoint;
      assert.equal(woken, true);
    });
  },
);

virtualTest("ParkingLot.park is a checkpoint (R19)", function* () {
  const lot = new ParkingLot();

  assert.ok(Option.isNone(yield* moveOnAfter(1, lot.park)));
  const parked = yield* cancelScope(function* (scope) {
    scope.cancel();
    yield* lot.park;
  });

  assert.ok(Option.isNone(parked));
  assert.equal(lot.size, 0);
});

virtualTest(
  "ParkingLot.repark() moves waiters to the end of another lot, in order, and they can be cancelled there (R46)",
  function* () {
    const [from, to] = [new ParkingLot(), new ParkingLot()];
    const woken: string[] = [];
    yield* nursery(function* (n: Nursery) {
      const park = (name: string, lot: ParkingLot) =>
        n.startSoon(Effect.map(Effect.orDie(lot.park), () => woken.push(name)));
      park("a", from);
      const second = park("b", from);
      park("c", from);
      park("x", to);
      yield* checkpoint;

      from.repark(to);
      assert.deepEqual([from.size, to.size], [2, 2]);
      from.reparkAll(to);
      from.repark(to, 5);
      to.repark(to);
      assert.deepEqual([from.size, to.size], [0, 4]);

      second.cancel();
      assert.equal(to.size, 3);
      assert.equal(from.unparkAll(), 0);
      to.unparkAll();
    });
    assert.deepEqual(woken, ["x", "a", "c"]);
  },
);

virtualTest(
  "ParkingLot.repark() into a broken lot fails those who are moved",
  function* () {
    const [from, to] = [new ParkingLot(), new ParkingLot({ name: "broken" })];
    yield* nursery(function* (n: Nursery) {
      const parked = n.startSoon(Effect.orDie(Effect.flip(from.park)));
      yield* checkpoint;
      to.breakLot();

      from.repark(to);

      assert.match(
        (yield* parked).message,
        /ParkingLot "broken": it was broken/,
      );
    });
  },
);

virtualTest(
  "ParkingLot fails all who wait, now and later, when its breaker ends (C067, R46)",
  function* () {
    const lot = new ParkingLot({ name: "gate" });
    yield* nursery(function* (n: Nursery) {
      let breaker: Task | undefined;
      n.startSoon(function* () {
        breaker = currentTask();
        lot.addBreaker(breaker);
        lot.addBreaker(breaker);
        yield* checkpoint;
      }, { name: "keeper" });

      const error = yield* Effect.flip(lot.park);

      assert.ok(error instanceof BrokenResource);
      assert.equal(
        error.message,
        'Cannot wait for ParkingLot "gate": it was broken by main/keeper',
      );
      assert.deepEqual(lot.brokenBy, [breaker]);
      const late = yield* Effect.flip(lot.park);
      assert.deepEqual(late.brokenBy, ["main/keeper"]);
      assert.throws(() => lot.addBreaker(breaker!), {
        name: "TypeError",
        message: 'Cannot add "main/keeper" as a breaker: the task has ended',
      });
    });
  },
);

virtualTest(
  "ParkingLot is not broken by whoever is no breaker any more (R46)",
  function* () {
    const lot = new ParkingLot();
    yield* nursery(function* (n: Nursery) {
      n.startSoon(Effect.sync(() => {
        lot.addBreaker(currentTask());
        lot.removeBreaker(currentTask());
      }));
      yield* checkpoint;

      assert.ok(Option.isNone(yield* moveOnAfter(1, lot.park)));
      assert.throws(() => lot.removeBreaker(currentTask()), {
        name: "TypeError",
        message: 'Cannot remove "main" as a breaker: it is none',
      });
    });
  },
);

virtualTest(
  "ParkingLot.breakLot() again only adds to brokenBy (R46)",
  function* () {
    const lot = new ParkingLot();
    lot.breakLot();
    assert.deepEqual(lot.brokenBy, [currentTask()]);

    yield* nursery(function* (n) {
      n.startSoon(Effect.sync(() => lot.breakLot()), { name: "second" });
    });

    assert.deepEqual(lot.brokenBy.map(({ path }) => path), [
      "main",
      "main/second",
    ]);
  },
);

Deno.test("ParkingLot.breakLot() by the host names nobody", async () => {
  const lot = new ParkingLot();
  const parked = run(Effect.flip(lot.park));

  lot.breakLot();

  assert.equal(
    (await parked).message,
    "Cannot wait for ParkingLot: it was broken",
  );
});

virtualTest(
  "ParkingLot.parkWith() shows a payload and takes a result",
  function* () {
    const lot = new ParkingLot();
    yield* nursery(function* (n: Nursery) {
      const taken = ["a", "b"].map((payload) =>
        n.startSoon(
          Effect.orDie(
            lot.parkWith({ payload, result: () => `for ${payload}` }),
          ),
        )
      );
      yield* checkpoint;
      assert.equal(lot.head, "a");
      assert.deepEqual([...lot.payloads()], ["a", "b"]);

      lot.unparkAll();

      assert.deepEqual(yield* Effect.all(taken), ["for a", "for b"]);
      assert.equal(lot.head, undefined);
    });
  },
);

virtualTest(
  "ParkingLot loses no wake-up that comes with a way to give it on, wherever a waiter is stopped (R14)",
  function* () {
    yield* stopAtEveryStep((stage) => {
      const lot = new ParkingLot();
      let woken = 0;
      const park = Effect.map(
        Effect.orDie(lot.parkWith({ lost: () => lot.unpark() })),
        () => woken++,
      );
      stage.startVictim(park);
      stage.nursery.startSoon(park);
      stage.nursery.startSoon(park);
      stage.nursery.startSoon(function* () {
        yield* checkpoint;
        lot.unpark();
        yield* checkpoint;
        lot.unpark();
        for (let i = 0; i < 20; i++) yield* checkpoint;
        assert.equal(woken, 2, stage.hit);
        lot.unparkAll();
      });
      return Effect.void;
    });
  },
);

virtualTest("ParkingLot tells who waits for whom", function* () {
  const lot = new ParkingLot({ name: "gate" });
  yield* nursery(function* (n: Nursery) {
    lot.addBreaker(currentTask());
    const parked = n.startSoon(Effect.ignore(lot.park));
    n.startSoon(sleepForever).cancel();
    yield* checkpoint;

    assert.equal(n.children[0]?.waitingFor, 'ParkingLot "gate"');
    assert.ok(Object.isFrozen(lot.statistics()));
    lot.unparkAll();
    yield* parked;
    lot.removeBreaker(currentTask());
  });
});
