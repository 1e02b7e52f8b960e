import assert from "node:assert/strict";
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import {
  Cancellation,
  cancellationOf,
  CancelScope,
  cancelScope,
  checkpoint,
  currentTask,
  moveOnAfter,
  type Nursery,
  nursery,
  run,
  runExit,
  sleep,
  sleepForever,
  taskPathOf,
} from "espalier";
import { VirtualClock } from "espalier/testing";
import {
  scopeTest,
  virtualExit,
  virtualTest,
} from "../support/virtual_test.ts";

/** Waits for ever and reads who cancelled it. */
function watched(seen: (by: Cancellation | undefined) => void) {
  return Effect.onExit(sleepForever, (exit) =>
    Effect.sync(() => {
      assert(Exit.isFailure(exit));
      seen(cancellationOf(exit.cause));
    }));
}

scopeTest(
  "a cancellation says why, what, who and when (C053, R10)",
  function* () {
    const seen: (Cancellation | undefined)[] = [];
    const scope = new CancelScope({ name: "search" });
    yield* sleep(7);
    yield* nursery(function* (n) {
      n.startSoon(() => scope.run(watched((by) => seen.push(by))));
      n.startSoon(
        Effect.andThen(sleep(5), Effect.sync(() => scope.cancel("hello"))),
        {
          name: "canceller",
        },
      );
      yield* Effect.void;
    });
    const [by] = seen;
    assert(by instanceof Cancellation);
    assert.deepEqual(by.reason, { _tag: "Explicit", message: "hello" });
    assert.equal(by.scope, "search");
    assert.equal(by.requestedBy, "main/canceller");
    assert.equal(by.at, 12);
    assert.equal(by.stack, undefined);
    assert.equal(
      by.explain(),
      'scope "search" was cancelled by "main/canceller" at 12 ms: "hello"',
    );
  },
);

scopeTest(
  "a deadline that passed is the reason of its cancellation (C053)",
  function* () {
    let seen: Cancellation | undefined;
    yield* moveOnAfter(5, watched((by) => seen = by), { name: "late" });
    assert.deepEqual(seen?.reason, { _tag: "DeadlinePassed", deadline: 5 });
    assert.equal(seen?.requestedBy, "host");
    assert.match(
      seen!.explain(),
      /scope "late" .* its deadline of 5 ms passed/,
    );
  },
);

scopeTest(
  "provenance survives every hop: nursery, child, grandchild, scope",
  function* () {
    let seen: Cancellation | undefined;
    yield* cancelScope(function* (scope) {
      yield* nursery(function* (n) {
        n.startSoon(() =>
          nursery(function* (inner) {
            inner.startSoon(
              () => cancelScope(watched((by) => seen = by), { name: "deep" }),
              { name: "grandchild" },
            );
            yield* sleepForever;
          }, { name: "inner" }), { name: "child" });
        yield* sleep(1);
        scope.cancel("enough");
        yield* sleepForever;
      }, { name: "crawl" });
    }, { name: "outer" });
    assert.equal(
      seen?.explain(),
      'scope "outer" was cancelled by "main" at 1 ms: "enough"; ' +
        'it came through scope "crawl" → task "child" → scope "inner" → ' +
        'task "grandchild" → scope "deep"',
    );
  },
);

scopeTest("provenance survives Effect's own operators", function* () {
  const wraps: ((body: Effect.Effect<never>) => Effect.Effect<unknown>)[] = [
    (body) => body,
    (body) => Effect.timeoutOption(body, 1000),
    (body) => Effect.race(body, Effect.never),
    (body) => Effect.all([body, Effect.never], { concurrency: 2 }),
    (body) => Effect.forEach([1, 2], () => body, { concurrency: 2 }),
    (body) => Effect.flatMap(Effect.forkChild(body), Fiber.join),
    (body) => Effect.scoped(Effect.andThen(Effect.forkScoped(body), body)),
  ];
  for (const wrap of wraps) {
    const exits: Exit.Exit<unknown>[] = [];
    yield* cancelScope(function* (scope) {
      yield* nursery(function* (n) {
        n.startSoon(
          Effect.onExit(
            wrap(sleepForever),
            (exit) => Effect.sync(() => exits.push(exit)),
          ),
        );
        yield* sleep(1);
        scope.cancel("enough");
      });
    });
    const [exit] = exits;
    assert(exit !== undefined && Exit.isFailure(exit));
    assert.deepEqual(cancellationOf(exit.cause)?.reason, {
      _tag: "Explicit",
      message: "enough",
    });
  }
});

scopeTest(
  "every interruption that leaves a task says who cancelled",
  function* () {
    const outcome = yield* nursery(function* (n) {
      const child = n.startSoon(
        Effect.all([sleepForever, Effect.never], { concurrency: 2 }),
      );
      yield* sleep(1);
      child.cancel("not needed");
      return yield* Effect.exit(child);
    });
    assert(Exit.isFailure(outcome));
    assert.match(String(Cause.squash(outcome.cause)), /not needed/);
  },
);

scopeTest(
  "an inherited cancellation is set, and does not count as called (R10)",
  function* () {
    const inner = new CancelScope({ name: "inner" });
    yield* cancelScope(function* (outer) {
      yield* inner.run(function* () {
        outer.cancel("outer");
        assert.equal(inner.cancelCalled, false);
        assert.equal(inner.cancellation?.scope, "cancelScope");
        assert.equal(inner.signal.aborted, true);
        assert.equal(inner.signal.reason, inner.cancellation);
        inner.shield = true;
        assert.equal(inner.signal.aborted, true, "it is not taken back");
        inner.cancel("inner");
        assert.deepEqual(inner.cancellation?.reason, {
          _tag: "Explicit",
          message: "outer",
        });
        yield* checkpoint;
      });
    });
    assert.equal(inner.cancelCalled, true);
  },
);

scopeTest(
  "a scope that was saved by a shield is struck by its own cancellation later",
  function* () {
    const seen: (Cancellation | undefined)[] = [];
    const inner = new CancelScope({ name: "inner" });
    yield* cancelScope((outer) =>
      inner.run(function* () {
        outer.cancel("outer");
        inner.shield = true;
        yield* sleep(1);
        inner.cancel("inner");
        yield* watched((by) => seen.push(by));
      })
    );
    assert.deepEqual(seen[0]?.reason, { _tag: "Explicit", message: "inner" });
  },
);

scopeTest(
  "abort listeners run inside cancel(), and one that throws changes nothing",
  function* () {
    const trail: string[] = [];
    const reported: unknown[] = [];
    const { error } = console;
    console.error = (...args) => reported.push(args);
    try {
      yield* cancelScope((scope) => {
        scope.signal.addEventListener("abort", () => {
          trail.push("first");
          throw new Error("listener");
        });
        scope.signal.addEventListener("abort", () => trail.push("second"));
        scope.cancel();
        trail.push("cancel returned");
        return checkpoint;
      });
    } finally {
      console.error = error;
    }
    assert.deepEqual(trail, ["first", "second", "cancel returned"]);
    assert.equal(reported.length, 1);
  },
);

Deno.test("requestedBy is the host in timers, events and after an await", async () => {
  const byTimer = new CancelScope();
  await run(byTimer.run(function* () {
    yield* Effect.sync(() => setTimeout(() => byTimer.cancel(), 0));
    yield* sleepForever;
  }));
  assert.equal(byTimer.cancellation?.requestedBy, "host");
  const byAsync = new CancelScope();
  await run(byAsync.run(async (scope) => {
    await Promise.resolve();
    scope.cancel();
  }));
  assert.equal(byAsync.cancellation?.requestedBy, "host");
});

Deno.test('capture: "stack" records where a cancel came from', async () => {
  const scope = new CancelScope();
  await run(
    scope.run(function* () {
      stopHere(scope);
      yield* checkpoint;
    }),
    { capture: "stack" },
  );
  assert.match(scope.cancellation?.stack ?? "", /stopHere/);
});

Deno.test('capture: "stack" records where a task was spawned', async () => {
  const spawned = (capture?: "stack") =>
    run(
      nursery(function* spawnsHere(n) {
        const child = n.startSoon(Effect.sync(() => currentTask()));
        return (yield* child).spawnedAt;
      }),
      capture === undefined ? {} : { capture },
    );
  assert.match(await spawned("stack") ?? "", /spawnsHere/);
  assert.equal(await spawned(), undefined);
});

Deno.test("cancellationOf() and taskPathOf() answer undefined where nothing is known", () => {
  assert.equal(cancellationOf(Cause.interrupt(1)), undefined);
  assert.equal(cancellationOf(Cause.fail("E")), undefined);
  assert.equal(taskPathOf(Cause.fail("E").reasons[0]!), undefined);
});

virtualTest(
  "cancellationOf() reads a cause and each of its reasons",
  function* () {
    const exit = yield* Effect.exit(nursery(function* (n: Nursery<string>) {
      n.startSoon(Effect.andThen(sleep(1), Effect.fail("E")), {
        name: "child",
      });
      yield* sleepForever;
    }));
    assert(Exit.isFailure(exit));
    const interrupts = exit.cause.reasons.filter(Cause.isInterruptReason);
    for (const reason of interrupts) {
      assert.equal(cancellationOf(reason)?.reason._tag, "ChildFailed");
    }
  },
);

Deno.test("a failure keeps the path of its task up to the end of the run", async () => {
  const exit = await virtualExit(() =>
    nursery(function* (n: Nursery<string>) {
      n.startSoon(Effect.fail("E"), { name: "child" });
      yield* sleepForever;
    }, { name: "crawl" })
  );
  assert(Exit.isFailure(exit));
  assert.deepEqual(
    exit.cause.reasons.filter((it) => it._tag !== "Interrupt").map(taskPathOf),
    ["main/child"],
  );
});

Deno.test("explain() puts any reason in words", async () => {
  const clock = new VirtualClock({ autojump: true });
  const reasons: unknown[] = [
    undefined,
    "text",
    new Error("broken"),
    { _tag: "HttpError" },
    42,
    {
      toString() {
        throw new Error("unshowable");
      },
    },
  ];
  for (const reason of reasons) {
    const scope = new CancelScope();
    scope.cancel(reason);
    assert.match(scope.cancellation!.explain(), /^scope "cancelScope" was/);
  }
  const inner = new CancelScope();
  inner.cancel("first");
  const exit = await runExit(sleepForever, {
    clock,
    signal: AbortSignal.abort(inner.cancellation),
  });
  assert(Exit.isFailure(exit));
  assert.match(
    cancellationOf(exit.cause)!.explain(),
    /scope "main" was cancelled by the host .*"first"/,
  );
});

function stopHere(scope: CancelScope): void {
  scope.cancel();
}
