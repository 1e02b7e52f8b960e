import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Result from "effect/Result";
import {
  cancelScope,
  checkpoint,
  currentTask,
  moveOnAfter,
  NotInRun,
  type Nursery,
  nursery,
  run,
  sleepForever,
} from "espalier";
import { CapacityLimiter, WouldBlock } from "espalier/sync";
import { stopAtEveryStep } from "../../src/testing/_injection.ts";
import { virtualRun, virtualTest } from "../support/virtual_test.ts";
import { defectOf } from "./support/defect_of.ts";
import { holdersOf } from "./support/holders_of.ts";
import { JumpyScheduler } from "./support/jumpy_scheduler.ts";

virtualTest(
  "CapacityLimiter.total admits exactly as many as it is raised by, and revokes nothing when lowered (C071, R49, anyio PR #646)",
  function* () {
    const limiter = new CapacityLimiter(2);
    const borrowers = () => limiter.statistics().borrowers;
    yield* nursery(function* (n) {
      for (let i = 0; i < 5; i++) n.startSoon(limiter.acquireOnBehalfOf(i));
      yield* checkpoint;
      assert.deepEqual(borrowers(), [0, 1]);

      limiter.total += 2;
      assert.deepEqual(borrowers(), [0, 1, 2, 3]);
      assert.equal(limiter.statistics().waiting, 1);

      limiter.total -= 3;
      assert.deepEqual(borrowers(), [0, 1, 2, 3]);
      assert.equal(limiter.statistics().borrowed, 4);

      for (const borrower of [0, 1, 2]) {
        limiter.releaseOnBehalfOf(borrower);
        assert.ok(!borrowers().includes(4), `after the release of ${borrower}`);
      }
      limiter.releaseOnBehalfOf(3);
      assert.deepEqual(borrowers(), [4]);
    });
  },
);

virtualTest(
  "CapacityLimiter counts a token as lent before the waiter runs (R49)",
  function* () {
    const limiter = new CapacityLimiter(1);
    yield* nursery(function* (n) {
      yield* limiter.acquire;
      n.startSoon(limiter.withToken(checkpoint), { name: "waiter" });
      yield* checkpoint;

      limiter.release();

      assert.equal(limiter.statistics().borrowed, 1);
      assert.ok(Result.isFailure(limiter.tryAcquire()));
    });
  },
);

virtualTest(
  "CapacityLimiter refuses a borrower that has a token or waits for one (R49)",
  function* () {
    const limiter = new CapacityLimiter(1, { name: "disk" });
    yield* limiter.acquire;
    const mine =
      'Cannot acquire CapacityLimiter "disk": task "main" has a token already';
    assert.throws(() => limiter.tryAcquire(), {
      name: "TypeError",
      message: mine,
    });
    assert.equal(
      String(yield* defectOf(limiter.acquire)),
      `TypeError: ${mine}`,
    );

    yield* nursery(function* (n) {
      const first = n.startSoon(limiter.acquireOnBehalfOf("job"));
      yield* checkpoint;
      const waits =
        'Cannot acquire CapacityLimiter "disk": "job" waits for a token already';
      assert.throws(() => limiter.tryAcquireOnBehalfOf("job"), {
        name: "TypeError",
        message: waits,
      });
      assert.equal(
        String(yield* defectOf(limiter.acquireOnBehalfOf("job"))),
        `TypeError: ${waits}`,
      );
      assert.equal(limiter.statistics().waiting, 1);
      first.cancel();
    });
  },
);

virtualTest(
  "CapacityLimiter.release() refuses whoever has no token (R49)",
  function* () {
    const limiter = new CapacityLimiter(1, { name: "disk" });
    yield* limiter.acquireOnBehalfOf("job");

    assert.throws(() => limiter.release(), {
      name: "TypeError",
      message:
        'Cannot release CapacityLimiter "disk": task "main" has no token',
    });
    assert.throws(() => limiter.releaseOnBehalfOf({}), {
      name: "TypeError",
      message:
        'Cannot release CapacityLimiter "disk": the borrower has no token',
    });
    limiter.releaseOnBehalfOf("job");
    assert.throws(() => limiter.releaseOnBehalfOf("job"), TypeError);
  },
);

virtualTest(
  "CapacityLimiter forgets a borrower that is cancelled while it waits (R49, trio #548)",
  function* () {
    const limiter = new CapacityLimiter(1);
    yield* limiter.acquire;

    const given = yield* moveOnAfter(1, limiter.acquireOnBehalfOf("job"));

    assert.ok(Option.isNone(given));
    assert.equal(limiter.statistics().waiting, 0);
    limiter.release();
    assert.ok(Result.isSuccess(limiter.tryAcquireOnBehalfOf("job")));
    assert.deepEqual(limiter.statistics().borrowers, ["job"]);
  },
);

virtualTest(
  "CapacityLimiter with 0 tokens admits nobody until there are some (R49)",
  function* () {
    const limiter = new CapacityLimiter(0);
    assert.ok(Result.isFailure(limiter.tryAcquire()));
    yield* nursery(function* (n) {
      const waiter = n.startSoon(limiter.withToken(Effect.succeed("in")));
      yield* checkpoint;
      assert.equal(limiter.statistics().waiting, 1);

      limiter.total = Infinity;

      assert.equal(yield* waiter, "in");
    });
    for (let i = 0; i < 100; i++) yield* limiter.acquireOnBehalfOf(i);
    assert.equal(limiter.statistics().borrowed, 100);
  },
);

virtualTest(
  "CapacityLimiter.tryAcquire() lends to the current task, or answers WouldBlock",
  function* () {
    const limiter = new CapacityLimiter(1);

    assert.ok(Result.isSuccess(limiter.tryAcquire()));

    assert.deepEqual(limiter.statistics().borrowers, [currentTask()]);
    const tried = limiter.tryAcquireOnBehalfOf("job");
    assert.ok(Result.isFailure(tried));
    assert.ok(tried.failure instanceof WouldBlock);
    limiter.release();
    yield* Effect.void;
  },
);

Deno.test("CapacityLimiter refuses a total that is no count, and keeps the old one", () => {
  const limiter = new CapacityLimiter(2, { name: "disk" });
  for (const total of [-1, 1.5, NaN]) {
    assert.throws(() => new CapacityLimiter(total), {
      name: "RangeError",
      message: "Cannot make CapacityLimiter: 'total' must be an integer of " +
        `at least 0 or Infinity: received ${total}`,
    });
    assert.throws(() => {
      limiter.total = total;
    }, {
      name: "RangeError",
      message: "Cannot resize CapacityLimiter \"disk\": 'total' must be an " +
        `integer of at least 0 or Infinity: received ${total}`,
    });
  }
  assert.equal(limiter.total, 2);
});

Deno.test("CapacityLimiter needs a task, or a borrower named by hand", async () => {
  const limiter = new CapacityLimiter(1);

  assert.throws(() => limiter.tryAcquire(), NotInRun);
  assert.throws(() => limiter.release(), NotInRun);
  await assert.rejects(Effect.runPromise(limiter.acquire), NotInRun);

  assert.ok(Result.isSuccess(limiter.tryAcquireOnBehalfOf("host")));
  limiter.releaseOnBehalfOf("host");
  await Effect.runPromise(limiter.acquireOnBehalfOf("raw"));
  await run(async () => {
    await Promise.resolve();
    limiter.releaseOnBehalfOf("raw");
  });
  assert.equal(limiter.statistics().borrowed, 0);
});

virtualTest(
  "CapacityLimiter.withToken() gives the token back however its body ends",
  function* () {
    const limiter = new CapacityLimiter(1);
    const free = () => assert.equal(limiter.statistics().borrowed, 0);

    assert.equal(yield* limiter.withToken(async () => await 1), 1);
    free();
    assert.equal(
      yield* Effect.flip(limiter.withToken(Effect.fail("no"))),
      "no",
    );
    free();
    assert.ok(
      Option.isNone(yield* moveOnAfter(1, limiter.withToken(sleepForever))),
    );
    free();
  },
);

Deno.test("CapacityLimiter neither loses nor makes a token wherever its user is stopped (R13, R14)", async () => {
  const everywhere = stopAtEveryStep((stage) => {
    const limiter = new CapacityLimiter(1);
    const visit = limiter.withToken(Effect.andThen(checkpoint, checkpoint));
    stage.nursery.startSoon(visit);
    stage.startVictim(visit);
    stage.nursery.startSoon(Effect.sync(() => {
      limiter.total = 2;
    }));
    stage.nursery.startSoon(visit);
    stage.nursery.startSoon(visit);
    return Effect.sync(() => {
      assert.deepEqual(
        limiter.statistics(),
        { total: 2, borrowed: 0, borrowers: [], waiting: 0 },
        stage.hit,
      );
    });
  });

  await virtualRun(() => everywhere);
  await virtualRun(() => everywhere, { scheduler: new JumpyScheduler() });
});

virtualTest(
  "CapacityLimiter.acquireOnBehalfOf() in a cancelled scope lends nothing (R14)",
  function* () {
    const limiter = new CapacityLimiter(1);

    yield* cancelScope(function* (scope) {
      scope.cancel();
      yield* limiter.acquireOnBehalfOf("job");
    });

    assert.equal(limiter.statistics().borrowed, 0);
  },
);

virtualTest(
  "CapacityLimiter.statistics() is a frozen snapshot (R52)",
  function* () {
    const limiter = new CapacityLimiter(2);
    yield* limiter.acquireOnBehalfOf("a");

    const before = limiter.statistics();
    yield* limiter.acquireOnBehalfOf("b");

    assert.ok(Object.isFrozen(before));
    assert.ok(Object.isFrozen(before.borrowers));
    assert.deepEqual(before, {
      total: 2,
      borrowed: 1,
      borrowers: ["a"],
      waiting: 0,
    });
  },
);

virtualTest(
  "CapacityLimiter tells who could end a wait: the tasks that borrowed, ended ones too",
  function* () {
    const limiter = new CapacityLimiter(2, { name: "disk" });
    yield* nursery(function* (n: Nursery) {
      yield* limiter.acquireOnBehalfOf("mine");
      const forgetful = { name: "forgetful" };
      yield* n.startSoon(limiter.acquireOnBehalfOf("job"), forgetful);
      n.startSoon(limiter.withToken(Effect.void), { name: "waiter" });
      yield* checkpoint;

      const waiter = n.children.find(({ name }) => name === "waiter");

      assert.equal(waiter?.waitingFor, 'CapacityLimiter "disk"');
      assert.deepEqual(holdersOf(waiter!).map(({ name }) => name), [
        currentTask().name,
        "forgetful",
      ]);
      limiter.releaseOnBehalfOf("mine");
    });
  },
);
