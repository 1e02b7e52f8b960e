import assert from "node:assert/strict";
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import {
  AlreadyInRun,
  Cancelled,
  checkpoint,
  currentTask,
  ErrorGroup,
  InternalError,
  now,
  type Nursery,
  nursery,
  run,
  runExit,
  sleep,
  sleepForever,
  taskPathOf,
} from "espalier";
import { suspendTask } from "espalier/core";
import { VirtualClock } from "espalier/testing";
import {
  virtualExit,
  virtualRun,
  virtualTest,
} from "../support/virtual_test.ts";

Deno.test("run() answers with the value of its body (C001)", async () => {
  const identity = (value: number) => run(() => Effect.succeed(value));

  assert.equal(await identity(8), 8);
  assert.equal(await run(Effect.succeed(8)), 8);
  assert.equal(
    await run(function* () {
      yield* Effect.void;
      return 8;
    }),
    8,
  );
  assert.equal(await run(async () => await Promise.resolve(8)), 8);
});

Deno.test("run() refuses what is not a body before it takes a step (C001)", async () => {
  const spawned: string[] = [];
  const bodies: unknown[] = [
    8,
    undefined,
    "main",
    {},
    () => 8,
    () => undefined,
    (function* () {})(),
  ];
  for (const body of bodies) {
    await assert.rejects(
      run(body as Effect.Effect<never>, {
        instruments: [{ taskWaiting: (task) => spawned.push(task.name) }],
      }),
      (error) =>
        error instanceof TypeError &&
        /^Cannot run a body: /.test(error.message),
    );
  }
  assert.deepEqual(spawned, []);
});

Deno.test("run() rejects with the failure itself, not with a group (C002)", async () => {
  const error = new Error("E");
  await assert.rejects(run(Effect.fail(error)), (it) => it === error);
  await assert.rejects(run(Effect.die(error)), (it) => it === error);
  await assert.rejects(
    run(() => {
      throw error;
    }),
    (it) => it === error,
  );
});

virtualTest("run() inside a task is a usage error (C003)", function* () {
  yield* Effect.sync(() => {
    assert.throws(() => run(Effect.void), AlreadyInRun);
    assert.throws(() => runExit(Effect.void), {
      _tag: "AlreadyInRun",
      message: 'Cannot call run: task "main" is inside a run already',
    });
  });
});

Deno.test("run() may be called where an async body has become host code", async () => {
  const inner = await run(async () => {
    await Promise.resolve();
    return await run(Effect.succeed("inner"));
  });
  assert.equal(inner, "inner");
});

Deno.test("run() rejects with an ErrorGroup where several tasks failed", async () => {
  const failing = () =>
    nursery(function* (n: Nursery<string>) {
      n.startSoon(Effect.fail("a"), { name: "a" });
      n.startSoon(Effect.die("b"), { name: "b" });
      n.startSoon(sleepForever);
      yield* sleepForever;
    });
  const error = await virtualRun(failing).catch((error) => error);

  assert(error instanceof ErrorGroup);
  assert(error instanceof AggregateError);
  assert.deepEqual(error.errors, ["a", "b"]);
  assert.deepEqual(error.paths, ["main/a", "main/b"]);
  assert(Cause.isCause(error.cause));
  assert.equal(
    error.message,
    'Cannot finish the run: 2 failures, in "main/a", "main/b"',
  );
});

Deno.test("run() rejects with Cancelled where it was only cancelled", async () => {
  const controller = new AbortController();
  const running = virtualRun(function* () {
    yield* Effect.sync(() => controller.abort("closing time"));
    yield* sleepForever;
  }, { signal: controller.signal });

  await assert.rejects(running, (error) =>
    error instanceof Cancelled &&
    error.cancellation.requestedBy === "host" &&
    error.cancellation.reason._tag === "Aborted" &&
    error.cancellation.reason.reason === "closing time" &&
    /closing time/.test(error.message));
});

Deno.test("run() whose signal has aborted runs its body to the first wait (R17)", async () => {
  const trail: string[] = [];
  const signal = AbortSignal.abort("too late");
  await assert.rejects(
    run(function* () {
      trail.push("begun");
      try {
        yield* sleep(1);
        trail.push("unreachable");
      } finally {
        trail.push("cleaned up");
      }
    }, { signal }),
    Cancelled,
  );
  assert.deepEqual(trail, ["begun", "cleaned up"]);
});

Deno.test("run() whose body does not wait again keeps its value though aborted (R9)", async () => {
  const controller = new AbortController();
  const body = Effect.sync(() => {
    controller.abort();
    return "kept";
  });
  assert.equal(await run(body, { signal: controller.signal }), "kept");
});

Deno.test("run() settles after the last cleanup", async () => {
  const controller = new AbortController();
  const trail: string[] = [];
  const exit = await virtualExit(() =>
    nursery(function* (n) {
      n.startSoon(Effect.ensuring(
        sleepForever,
        Effect.andThen(sleep(100), Effect.sync(() => trail.push("child"))),
      ));
      yield* sleep(1);
      controller.abort();
      yield* sleepForever;
    }), { signal: controller.signal });

  assert(Exit.isFailure(exit));
  assert.deepEqual(trail, ["child"]);
});

Deno.test("run() forgets its signal when it has ended", async () => {
  const controller = new AbortController();
  let listening = 0;
  const { signal } = controller;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listening++;
    return add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listening--;
    return remove(...args);
  };
  await run(Effect.void, { signal });

  assert.equal(listening, 0);
  controller.abort();
});

Deno.test("runExit() answers with the whole exit and never rejects", async () => {
  assert.deepEqual(await runExit(Effect.succeed(1)), Exit.succeed(1));
  const exit = await runExit(Effect.fail("E"));
  assert(Exit.isFailure(exit));
  const [reason] = exit.cause.reasons;
  assert(reason?._tag === "Fail");
  assert.equal(reason.error, "E");
  assert.equal(taskPathOf(reason), "main");
});

Deno.test("run() names its root as told", async () => {
  const path = Effect.sync(() => currentTask().path);
  assert.equal(await run(path), "main");
  assert.equal(await run(path, { name: "crawler" }), "crawler");
});

Deno.test("two runs live side by side, each on its own clock", async () => {
  const trail: string[] = [];
  const tick = (name: string, ms: number) =>
    function* () {
      for (let i = 0; i < 3; i++) {
        yield* sleep(ms);
        trail.push(`${name} ${now()}`);
      }
    };
  const first = new VirtualClock({ autojump: true });
  const second = new VirtualClock({ start: 1000, autojump: true });
  await Promise.all([
    run(tick("a", 10), { clock: first }),
    run(tick("b", 1), { clock: second }),
  ]);

  assert.deepEqual(trail.filter((it) => it.startsWith("a")), [
    "a 10",
    "a 20",
    "a 30",
  ]);
  assert.deepEqual(trail.filter((it) => it.startsWith("b")), [
    "b 1001",
    "b 1002",
    "b 1003",
  ]);
});

Deno.test("a clock that is moved reaches only the run it was given to", async () => {
  const mine = new VirtualClock();
  const other = new VirtualClock();
  let ended = false;
  const waiting = run(sleep(10), { clock: mine }).then(() => ended = true);
  other.advance(1000);
  await run(checkpoint);
  assert.equal(ended, false);
  mine.advance(10);
  await waiting;
});

Deno.test("run() ends with InternalError when an invariant broke, and its cause tells (C029, R41)", async () => {
  const thrown = new Error("V");
  const controller = new AbortController();
  const exit = await virtualExit(() =>
    nursery(function* (n) {
      n.startSoon(suspendTask(() => () => {
        throw thrown;
      }));
      yield* sleep(1);
      controller.abort();
      yield* sleepForever;
    }), { signal: controller.signal });

  assert(Exit.isFailure(exit));
  const failures = exit.cause.reasons.filter((it) => it._tag !== "Interrupt");
  assert.equal(failures.length, 1);
  assert(failures[0]?._tag === "Die");
  assert(failures[0].defect instanceof InternalError);
  assert.equal(failures[0].defect.cause, thrown);
});

Deno.test("run() refuses options that make no sense", () => {
  for (const slowCleanup of [-1, NaN]) {
    assert.throws(() => run(Effect.void, { slowCleanup }), RangeError);
  }
});
