import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Result from "effect/Result";
import {
  BrokenResource,
  cancelScope,
  checkpoint,
  currentTask,
  moveOnAfter,
  NotInRun,
  type Nursery,
  nursery,
  sleepForever,
} from "espalier";
import { RwLock, WouldBlock } from "espalier/sync";
import { stopAtEveryStep } from "../../src/testing/_injection.ts";
import { virtualRun, virtualTest } from "../support/virtual_test.ts";
import { defectOf } from "./support/defect_of.ts";
import { holdersOf } from "./support/holders_of.ts";
import { JumpyScheduler } from "./support/jumpy_scheduler.ts";

virtualTest(
  "RwLock lets readers in together and writers alone, strictly in order",
  function* () {
    const lock = new RwLock();
    const trail: string[] = [];
    const visit = (name: string) => {
      const body = Effect.gen(function* () {
        trail.push(`${name} in`);
        yield* checkpoint;
        yield* checkpoint;
        trail.push(`${name} out`);
      });
      return name.startsWith("r") ? lock.withRead(body) : lock.withWrite(body);
    };

    yield* nursery(function* (n) {
      for (const name of ["r1", "r2", "w1", "r3", "r4", "w2", "w3"]) {
        n.startSoon(visit(name));
      }
      yield* checkpoint;
    });

    assert.deepEqual(trail, [
      ...["r1 in", "r2 in", "r1 out", "r2 out"],
      ...["w1 in", "w1 out"],
      ...["r3 in", "r4 in", "r3 out", "r4 out"],
      ...["w2 in", "w2 out", "w3 in", "w3 out"],
    ]);
  },
);

virtualTest("RwLock makes a reader wait behind a waiting writer", function* () {
  const lock = new RwLock();
  yield* nursery(function* (n) {
    yield* lock.acquireRead;
    n.startSoon(lock.withWrite(Effect.void));
    yield* checkpoint;

    const tried = yield* n.startSoon(Effect.sync(() => lock.tryAcquireRead()));

    assert.ok(Result.isFailure(tried));
    assert.ok(tried.failure instanceof WouldBlock);
    lock.releaseRead();
  });
});

virtualTest(
  "RwLock hands over at the release, to all readers at the head (R24)",
  function* () {
    const lock = new RwLock();
    yield* nursery(function* (n) {
      yield* lock.acquireWrite;
      for (let i = 0; i < 3; i++) n.startSoon(lock.withRead(checkpoint));
      n.startSoon(lock.withWrite(Effect.void), { name: "writer" });
      yield* checkpoint;
      assert.deepEqual(lock.statistics(), {
        readers: 0,
        writer: currentTask(),
        waiting: 4,
      });

      lock.releaseWrite();

      assert.deepEqual(lock.statistics(), {
        readers: 3,
        writer: undefined,
        waiting: 1,
      });
    });
  },
);

virtualTest(
  "RwLock.tryAcquireRead() and tryAcquireWrite() take what is free and only that",
  function* () {
    const lock = new RwLock();
    const tryIn = (
      n: Nursery,
      attempt: () => Result.Result<void, WouldBlock>,
    ) => n.startSoon(Effect.sync(() => Result.isSuccess(attempt())));
    const reading = () => {
      const tried = lock.tryAcquireRead();
      if (Result.isSuccess(tried)) lock.releaseRead();
      return tried;
    };
    const writing = () => {
      const tried = lock.tryAcquireWrite();
      if (Result.isSuccess(tried)) lock.releaseWrite();
      return tried;
    };
    yield* nursery(function* (n) {
      assert.ok(Result.isSuccess(lock.tryAcquireRead()));
      assert.equal(yield* tryIn(n, reading), true);
      assert.equal(yield* tryIn(n, writing), false);
      lock.releaseRead();

      assert.ok(Result.isSuccess(lock.tryAcquireWrite()));
      assert.equal(yield* tryIn(n, reading), false);
      assert.equal(yield* tryIn(n, writing), false);
      lock.releaseWrite();
      assert.equal(yield* tryIn(n, writing), true);
    });
  },
);

virtualTest(
  "RwLock refuses a task that has it already, to read as to write",
  function* () {
    const lock = new RwLock({ name: "prices" });
    const refusal = (wanted: string, held: string) => ({
      name: "TypeError",
      message: `Cannot acquire RwLock "prices" for ${wanted}: task "main" ` +
        `holds it for ${held} already`,
    });

    yield* lock.acquireRead;
    assert.throws(() => lock.tryAcquireRead(), refusal("reading", "reading"));
    assert.throws(() => lock.tryAcquireWrite(), refusal("writing", "reading"));
    const upgrade = yield* defectOf(lock.acquireWrite);
    assert.ok(upgrade instanceof TypeError);
    assert.equal(upgrade.message, refusal("writing", "reading").message);
    lock.releaseRead();

    yield* lock.acquireWrite;
    assert.throws(() => lock.tryAcquireRead(), refusal("reading", "writing"));
    assert.ok((yield* defectOf(lock.acquireRead)) instanceof TypeError);
    lock.releaseWrite();
  },
);

virtualTest(
  "RwLock refuses a release by a task that has not that access",
  function* () {
    const lock = new RwLock({ name: "prices" });
    const refusal = (access: string) => ({
      name: "TypeError",
      message: 'Cannot release RwLock "prices": task "main" does not hold it ' +
        `for ${access}`,
    });
    assert.throws(() => lock.releaseRead(), refusal("reading"));
    assert.throws(() => lock.releaseWrite(), refusal("writing"));

    yield* lock.acquireRead;
    assert.throws(() => lock.releaseWrite(), refusal("writing"));
    assert.equal(lock.statistics().readers, 1);
    lock.releaseRead();
  },
);

Deno.test("RwLock belongs to tasks: outside one it cannot be used", async () => {
  const lock = new RwLock();

  assert.throws(() => lock.tryAcquireRead(), NotInRun);
  assert.throws(() => lock.tryAcquireWrite(), NotInRun);
  assert.throws(() => lock.releaseRead(), NotInRun);
  await assert.rejects(Effect.runPromise(lock.acquireWrite), NotInRun);
});

virtualTest(
  "RwLock is broken by a reader or a writer that ends (R47)",
  function* () {
    for (const access of ["acquireRead", "acquireWrite"] as const) {
      const lock = new RwLock({ name: "prices" });
      const waiting = yield* nursery(function* (n: Nursery) {
        n.startSoon(Effect.andThen(lock[access], checkpoint), {
          name: "careless",
        });
        return yield* n.startSoon(defectOf(lock.withWrite(Effect.void)));
      });

      for (const error of [waiting, yield* defectOf(lock.acquireRead)]) {
        assert.ok(error instanceof BrokenResource);
        assert.equal(
          error.message,
          'Cannot wait for RwLock "prices": it was broken by main/careless',
        );
      }
      assert.throws(() => lock.tryAcquireRead(), BrokenResource);
    }
  },
);

virtualTest(
  "RwLock that is broken still takes back what a living reader has",
  function* () {
    const lock = new RwLock();
    yield* nursery(function* (n: Nursery) {
      n.startSoon(lock.withRead(function* () {
        yield* n.startSoon(lock.acquireRead);
        yield* checkpoint;
      }));
      yield* checkpoint;
    });

    assert.equal(lock.statistics().readers, 1);
    assert.ok((yield* defectOf(lock.acquireRead)) instanceof BrokenResource);
  },
);

virtualTest(
  "RwLock lets readers in when the writer before them is cancelled (R14)",
  function* () {
    const lock = new RwLock();
    yield* nursery(function* (n: Nursery) {
      yield* lock.acquireRead;
      const writer = n.startSoon(lock.withWrite(Effect.void));
      const reader = n.startSoon(lock.withRead(Effect.succeed("read")));
      yield* checkpoint;
      assert.equal(lock.statistics().waiting, 2);

      writer.cancel();

      assert.equal(lock.statistics().readers, 2);
      assert.equal(yield* reader, "read");
      lock.releaseRead();
    });
  },
);

virtualTest(
  "RwLock keeps a waiter that was let in and then cancelled (R13)",
  function* () {
    const lock = new RwLock();
    yield* nursery(function* (n: Nursery) {
      yield* lock.acquireWrite;
      const trail: string[] = [];
      const reader = n.startSoon(lock.withRead(function* () {
        trail.push("in");
        yield* checkpoint;
        trail.push("went on");
      }));
      yield* checkpoint;

      lock.releaseWrite();
      reader.cancel();
      yield* reader.outcome;

      assert.deepEqual(trail, ["in"]);
      assert.equal(lock.statistics().readers, 0);
    });
  },
);

virtualTest(
  "RwLock.acquireRead and acquireWrite are checkpoints on every call (R19)",
  function* () {
    const lock = new RwLock();
    const calls = [
      [lock.acquireRead, () => lock.releaseRead()],
      [lock.acquireWrite, () => lock.releaseWrite()],
    ] as const;
    for (const [acquire, release] of calls) {
      yield* nursery(function* (n) {
        let other = false;
        n.startSoon(Effect.sync(() => {
          other = true;
        }));
        yield* acquire;
        assert.ok(other, "no schedule point");
        release();
      });
      const got = yield* cancelScope(function* (scope) {
        scope.cancel();
        yield* acquire;
      });
      assert.ok(Option.isNone(got), "no cancel point");
      assert.deepEqual(lock.statistics(), {
        readers: 0,
        writer: undefined,
        waiting: 0,
      });
    }
  },
);

virtualTest(
  "RwLock.withRead() and withWrite() give back however their body ends",
  function* () {
    const lock = new RwLock();
    for (const hold of ["withRead", "withWrite"] as const) {
      assert.equal(yield* lock[hold](async () => await 1), 1);
      assert.equal(yield* Effect.flip(lock[hold](Effect.fail("no"))), "no");
      assert.ok(
        Option.isNone(yield* moveOnAfter(1, lock[hold](sleepForever))),
      );
      assert.deepEqual(lock.statistics(), {
        readers: 0,
        writer: undefined,
        waiting: 0,
      });
    }
  },
);

for (const victim of ["withRead", "withWrite"] as const) {
  Deno.test(`RwLock neither loses nor doubles access wherever its user is stopped in ${victim}() (R13, R14)`, async () => {
    const everywhere = stopAtEveryStep((stage) => {
      const lock = new RwLock();
      const inside = { read: 0, write: 0 };
      const visit = (access: "read" | "write") =>
        Effect.suspend(() => {
          let isIn = false;
          const enter = Effect.suspend(() => {
            const alone = access === "read"
              ? inside.write === 0
              : inside.read + inside.write === 0;
            assert.ok(alone, stage.hit);
            inside[access]++;
            isIn = true;
            return Effect.andThen(checkpoint, checkpoint);
          });
          return Effect.ensuring(
            enter,
            Effect.sync(() => {
              if (isIn) inside[access]--;
            }),
          );
        });
      const read = lock.withRead(visit("read"));
      const write = lock.withWrite(visit("write"));
      stage.nursery.startSoon(read);
      stage.nursery.startSoon(write);
      stage.startVictim(victim === "withRead" ? read : write);
      stage.nursery.startSoon(read);
      stage.nursery.startSoon(write);
      return Effect.sync(() => {
        assert.deepEqual(
          lock.statistics(),
          { readers: 0, writer: undefined, waiting: 0 },
          stage.hit,
        );
      });
    });

    await virtualRun(() => everywhere);
    await virtualRun(() => everywhere, { scheduler: new JumpyScheduler() });
  });
}

virtualTest(
  "RwLock tells what a task waits for and who could end that; statistics() is frozen (R52)",
  function* () {
    const lock = new RwLock({ name: "prices" });
    yield* nursery(function* (n: Nursery) {
      yield* lock.acquireRead;
      n.startSoon(lock.withWrite(Effect.void), { name: "writer" });
      yield* checkpoint;
      const [waiter] = n.children;

      assert.equal(waiter?.waitingFor, 'RwLock "prices"');
      assert.deepEqual(holdersOf(waiter!), [currentTask()]);
      assert.ok(Object.isFrozen(lock.statistics()));
      lock.releaseRead();
    });
  },
);
