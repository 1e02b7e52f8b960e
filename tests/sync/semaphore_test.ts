import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Result from "effect/Result";
import {
  checkpoint,
  moveOnAfter,
  type Nursery,
  nursery,
  run,
  sleepForever,
} from "espalier";
import { Semaphore, WouldBlock } from "espalier/sync";
import { stopAtEveryStep } from "../../src/testing/_injection.ts";
import { virtualRun, virtualTest } from "../support/virtual_test.ts";
import { JumpyScheduler } from "./support/jumpy_scheduler.ts";

virtualTest(
  "Semaphore.release() hands the permit to a waiter and never shows it (C074, R48)",
  function* () {
    const semaphore = new Semaphore(1);
    yield* nursery(function* (n) {
      yield* semaphore.acquire;
      let got = false;
      n.startSoon(Effect.map(semaphore.acquire, () => {
        got = true;
      }));
      yield* checkpoint;

      semaphore.release();

      assert.deepEqual(semaphore.statistics(), {
        value: 0,
        max: Infinity,
        waiting: 0,
      });
      assert.ok(Result.isFailure(semaphore.tryAcquire()));
      assert.equal(got, false);
      yield* checkpoint;
      assert.equal(got, true);
    });
  },
);

virtualTest(
  "Semaphore.release() refuses more than max and changes nothing (C075, R48)",
  function* () {
    const semaphore = new Semaphore(1, { max: 1, name: "slots" });

    assert.throws(() => semaphore.release(), {
      name: "RangeError",
      message: 'Cannot release Semaphore "slots": it has all of its 1 permits',
    });
    assert.equal(semaphore.statistics().value, 1);

    yield* semaphore.acquire;
    semaphore.release();
    assert.equal(semaphore.statistics().value, 1);
  },
);

virtualTest("Semaphore has no max unless given one", function* () {
  const semaphore = new Semaphore(0);

  semaphore.release();
  semaphore.release();

  assert.equal(semaphore.statistics().value, 2);
  yield* semaphore.acquire;
  assert.equal(semaphore.statistics().value, 1);
});

virtualTest(
  "Semaphore.tryAcquire() answers WouldBlock where there is none",
  function* () {
    const semaphore = new Semaphore(1);
    assert.ok(Result.isSuccess(semaphore.tryAcquire()));

    const tried = semaphore.tryAcquire();

    assert.ok(Result.isFailure(tried));
    assert.ok(tried.failure instanceof WouldBlock);
    assert.equal(
      tried.failure.message,
      "Cannot acquire Semaphore: it would have to wait",
    );
    yield* Effect.void;
  },
);

virtualTest(
  "Semaphore lets in as many as it has permits, in order (R24)",
  function* () {
    const semaphore = new Semaphore(2);
    const trail: string[] = [];
    let inside = 0;

    yield* nursery(function* (n) {
      for (const name of ["a", "b", "c", "d", "e"]) {
        n.startSoon(semaphore.withPermit(function* () {
          trail.push(name);
          assert.ok(++inside <= 2);
          yield* checkpoint;
          yield* checkpoint;
          inside--;
        }));
      }
      yield* checkpoint;
    });

    assert.deepEqual(trail, ["a", "b", "c", "d", "e"]);
    assert.equal(semaphore.statistics().value, 2);
  },
);

virtualTest(
  "Semaphore permits have no owner: another task may release",
  function* () {
    const semaphore = new Semaphore(1);
    yield* semaphore.acquire;

    yield* nursery(function* (n) {
      n.startSoon(Effect.sync(() => semaphore.release()));
      yield* semaphore.acquire;
    });

    assert.equal(semaphore.statistics().value, 0);
  },
);

Deno.test("Semaphore works outside a task as well", async () => {
  const semaphore = new Semaphore(1);
  assert.ok(Result.isSuccess(semaphore.tryAcquire()));
  const waiting = run(semaphore.acquire);
  const raw = Effect.runPromise(semaphore.withPermit(Effect.succeed("raw")));

  semaphore.release();
  await waiting;
  semaphore.release();

  assert.equal(await raw, "raw");
  assert.equal(semaphore.statistics().value, 1);
});

Deno.test("Semaphore refuses permits that cannot be counted", () => {
  for (const permits of [-1, 1.5, NaN]) {
    assert.throws(() => new Semaphore(permits), {
      name: "RangeError",
      message: "Cannot make Semaphore: 'permits' must be an integer of at " +
        `least 0 or Infinity: received ${permits}`,
    });
    assert.throws(() => new Semaphore(0, { max: permits }), RangeError);
  }
  assert.throws(() => new Semaphore(2, { max: 1 }), {
    name: "RangeError",
    message: "Cannot make Semaphore: it would have more permits than 'max': " +
      "received 2 and 1",
  });
  assert.equal(new Semaphore(Infinity).statistics().value, Infinity);
});

virtualTest(
  "Semaphore(Infinity) never runs out, and acquire stays a checkpoint (R19)",
  function* () {
    const semaphore = new Semaphore(Infinity);
    yield* nursery(function* (n) {
      let other = false;
      n.startSoon(Effect.sync(() => {
        other = true;
      }));

      yield* semaphore.acquire;

      assert.ok(other);
      assert.equal(semaphore.statistics().value, Infinity);
    });
  },
);

virtualTest(
  "Semaphore.withPermit() gives the permit back however its body ends",
  function* () {
    const semaphore = new Semaphore(1, { max: 1 });
    const free = () => assert.equal(semaphore.statistics().value, 1);

    assert.equal(yield* semaphore.withPermit(async () => await 1), 1);
    free();
    assert.equal(
      yield* Effect.flip(semaphore.withPermit(Effect.fail("no"))),
      "no",
    );
    free();
    assert.ok(
      Option.isNone(yield* moveOnAfter(1, semaphore.withPermit(sleepForever))),
    );
    free();
  },
);

Deno.test("Semaphore neither loses nor makes a permit wherever its user is stopped (R13, R14)", async () => {
  const everywhere = stopAtEveryStep((stage) => {
    const semaphore = new Semaphore(2, { max: 2 });
    const visit = semaphore.withPermit(Effect.andThen(checkpoint, checkpoint));
    stage.nursery.startSoon(visit);
    stage.nursery.startSoon(visit);
    stage.startVictim(visit);
    stage.nursery.startSoon(visit);
    return Effect.sync(() => {
      assert.equal(semaphore.statistics().value, 2, stage.hit);
    });
  });

  await virtualRun(() => everywhere);
  await virtualRun(() => everywhere, { scheduler: new JumpyScheduler() });
});

virtualTest("Semaphore.statistics() is a frozen snapshot (R52)", function* () {
  const semaphore = new Semaphore(1, { max: 3 });

  const before = semaphore.statistics();
  yield* semaphore.acquire;

  assert.ok(Object.isFrozen(before));
  assert.deepEqual(before, { value: 1, max: 3, waiting: 0 });
});

virtualTest("Semaphore tells what a task waits for", function* () {
  const semaphore = new Semaphore(0, { name: "slots" });
  yield* nursery(function* (n: Nursery) {
    n.startSoon(semaphore.acquire);
    yield* checkpoint;

    assert.equal(n.children[0]?.waitingFor, 'Semaphore "slots"');
    semaphore.release();
  });
});
