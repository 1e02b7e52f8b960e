import assert from "node:assert/strict";
import {
  type Cancellation,
  CancelScope,
  cancelScope,
  currentTask,
  fromAbortSignal,
  fromPromise,
  moveOnAfter,
  now,
  nursery,
  run,
  runExit,
  shield,
  shieldedCheckpoint,
  sleep,
  sleepForever,
  toAbortSignal,
} from "espalier";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Option from "effect/Option";
import type * as Scope from "effect/Scope";
import { stopAtEveryStep } from "../../src/testing/_injection.ts";
import { failuresOf, slowToCleanUp } from "../combinators/support/bodies.ts";
import { scoped } from "../support/scoped.ts";
import { virtualTest } from "../support/virtual_test.ts";
import { turns } from "./support/turns.ts";

virtualTest(
  "fromAbortSignal() answers with the value of a body that is not disturbed",
  function* () {
    const { signal } = new AbortController();

    assert.deepEqual(
      yield* fromAbortSignal(signal, () => Effect.as(sleep(10), "done")),
      Option.some("done"),
    );
  },
);

virtualTest(
  "fromAbortSignal() cancels its body when the signal aborts, and waits for the cleanup",
  function* () {
    const trail: string[] = [];
    const controller = new AbortController();

    const answer = yield* nursery(function* (n) {
      n.startSoon(function* () {
        yield* sleep(10);
        controller.abort();
        trail.push("aborted");
      });
      return yield* fromAbortSignal(controller.signal, slowToCleanUp(trail));
    });

    assert.ok(Option.isNone(answer));
    assert.deepEqual(trail, ["aborted", "cleaned up"]);
    assert.equal(now(), 15);
  },
);

virtualTest(
  "fromAbortSignal() tells the reason of the signal, and who aborted it",
  function* () {
    const controller = new AbortController();
    let cancellation: Cancellation | undefined;

    yield* nursery(function* (n) {
      n.startSoon(Effect.sync(() => controller.abort("gone")), {
        name: "client",
      });
      yield* fromAbortSignal(controller.signal, function* (scope) {
        yield* Effect.ensuring(
          sleepForever,
          Effect.sync(() => void (cancellation = scope.cancellation)),
        );
      });
    });

    assert.deepEqual(cancellation?.reason, { _tag: "Aborted", reason: "gone" });
    assert.equal(cancellation?.requestedBy, "main/client");
    assert.equal(cancellation?.scope, "fromAbortSignal");
  },
);

Deno.test("fromAbortSignal() says that the host has aborted, where it has", async () => {
  const controller = new AbortController();
  const explained = run(fromAbortSignal(controller.signal, function* (scope) {
    scope.signal.addEventListener("abort", () => {
      seen = scope.cancellation?.explain();
    });
    yield* sleepForever;
  }));
  let seen: string | undefined;
  controller.abort(new Error("hung up"));

  await explained;

  assert.match(
    seen!,
    /^scope "fromAbortSignal" was cancelled by the host at .* Error: hung up/,
  );
});

virtualTest(
  "fromAbortSignal() cancels at the first checkpoint if the signal has aborted already (R17)",
  function* () {
    const trail: string[] = [];

    const waiting = yield* fromAbortSignal(AbortSignal.abort(), function* () {
      trail.push("entered");
      yield* shieldedCheckpoint;
      trail.push("went on");
      yield* sleep(0);
      trail.push("not reached");
    });
    const unwaiting = yield* fromAbortSignal(
      AbortSignal.abort(),
      Effect.succeed("kept"),
    );

    assert.ok(Option.isNone(waiting));
    assert.deepEqual(trail.slice(0, 1), ["entered"]);
    assert.ok(!trail.includes("not reached"));
    assert.deepEqual(unwaiting, Option.some("kept"));
  },
);

virtualTest(
  "fromAbortSignal() passes on a cancellation from outside",
  function* () {
    const { signal } = new AbortController();
    let inner: Option.Option<unknown> | undefined;

    const outer = yield* moveOnAfter(10, function* () {
      inner = yield* fromAbortSignal(signal, sleepForever);
    });

    assert.ok(Option.isNone(outer));
    assert.equal(inner, undefined);
  },
);

Deno.test("fromAbortSignal() fails as its body does", async () => {
  const { signal } = new AbortController();

  assert.deepEqual(
    await failuresOf(fromAbortSignal(signal, Effect.fail("bad"))),
    ["Fail bad main"],
  );
});

virtualTest(
  "fromAbortSignal() takes bodies of every kind, and hands over the scope",
  function* () {
    const { signal } = new AbortController();

    const generated = yield* fromAbortSignal(signal, function* (scope) {
      yield* sleep(0);
      return scope instanceof CancelScope;
    });
    const later = yield* fromAbortSignal(
      signal,
      (scope, own) => Promise.resolve(own === scope.signal),
    );

    assert.deepEqual([generated, later], [
      Option.some(true),
      Option.some(true),
    ]);
  },
);

virtualTest(
  "fromAbortSignal() lets go of the signal when its body has ended",
  function* () {
    const { signal } = new AbortController();
    const listeners = spyOn(signal);

    yield* fromAbortSignal(signal, Effect.void);
    yield* Effect.exit(fromAbortSignal(signal, Effect.fail("bad")));
    yield* moveOnAfter(1, fromAbortSignal(signal, sleepForever));
    yield* Effect.exit(
      Effect.timeout(fromAbortSignal(signal, Effect.never), 1),
    );

    assert.equal(listeners.size, 0);
  },
);

virtualTest("fromAbortSignal() can run again", function* () {
  const controller = new AbortController();
  const body = fromAbortSignal(controller.signal, Effect.as(sleep(0), 1));

  assert.deepEqual(yield* body, Option.some(1));
  assert.deepEqual(yield* body, Option.some(1));
  controller.abort();
  assert.deepEqual(yield* body, Option.none());
});

Deno.test("fromAbortSignal() lets go of the signal, wherever it is stopped", async () => {
  await run(stopAtEveryStep(({ startVictim }) => {
    const { signal } = new AbortController();
    const listeners = spyOn(signal);
    startVictim(fromAbortSignal(signal, shieldedCheckpoint));
    return Effect.sync(() => assert.equal(listeners.size, 0));
  }));
});

virtualTest(
  "toAbortSignal is not aborted while its scopes are open",
  function* () {
    yield* scoped(function* () {
      const signal = yield* toAbortSignal;
      yield* sleep(10);

      assert.equal(signal.aborted, false);
    });
  },
);

virtualTest(
  "toAbortSignal aborts with the cancellation when the scope around it is cancelled",
  function* () {
    const trail: unknown[] = [];

    yield* cancelScope((scope) =>
      scoped(function* () {
        const signal = yield* toAbortSignal;
        signal.addEventListener("abort", () => trail.push(signal.reason));
        scope.cancel("enough");
        trail.push(scope.cancellation);
        yield* sleepForever;
      })
    );

    assert.equal(trail.length, 2);
    assert.equal(trail[0], trail[1]);
  },
);

virtualTest(
  "toAbortSignal aborts with a cancellation from further out, which tells its way",
  function* () {
    let told = "";

    yield* cancelScope(function* (scope) {
      yield* nursery(function* (n) {
        n.startSoon(() =>
          scoped(function* () {
            const signal = yield* toAbortSignal;
            signal.addEventListener("abort", () => {
              told = signal.reason.explain();
            });
            yield* sleepForever;
          }), { name: "fetch" });
        yield* sleep(1);
        scope.cancel("enough");
      }, { name: "crawl" });
    }, { name: "page" });

    assert.match(
      told,
      /^scope "page" was cancelled by "main" at 1 ms: "enough"; it came through .*"crawl".*"fetch"$/,
    );
  },
);

virtualTest(
  "toAbortSignal has aborted where the scope is cancelled already",
  function* () {
    let aborted: boolean | undefined;

    yield* cancelScope(function* (scope) {
      scope.cancel();
      yield* scoped(() =>
        Effect.map(toAbortSignal, (signal) => void (aborted = signal.aborted))
      );
    });

    assert.equal(aborted, true);
  },
);

virtualTest(
  "toAbortSignal aborts at the latest when Effect's scope closes",
  function* () {
    const signal = yield* Effect.scoped(toAbortSignal);

    assert.ok(signal.aborted);
    assert.equal(signal.reason.requestedBy, currentTask().path);
    assert.match(
      signal.reason.explain(),
      /the scope that it was made in has closed/,
    );
  },
);

virtualTest("toAbortSignal hears nothing through a shield", function* () {
  let wasAborted: boolean | undefined;

  yield* cancelScope((scope) =>
    shield(() =>
      scoped(function* () {
        const signal = yield* toAbortSignal;
        scope.cancel();
        yield* sleep(1);
        wasAborted = signal.aborted;
      })
    )
  );

  assert.equal(wasAborted, false);
});

virtualTest("toAbortSignal never waits, cancelled or not", function* () {
  const trail: string[] = [];
  yield* nursery(function* (n) {
    n.startSoon(Effect.sync(() => trail.push("other")));
    yield* scoped(() =>
      Effect.map(toAbortSignal, () => void trail.push("signal"))
    );
  });

  assert.deepEqual(trail, ["signal", "other"]);
});

virtualTest(
  "toAbortSignal lets go of the scope above when Effect's scope closes",
  function* () {
    yield* cancelScope(function* (scope) {
      const listeners = spyOn(scope.signal);

      yield* scoped(function* () {
        yield* toAbortSignal;
        assert.equal(listeners.size, 1);
      });

      assert.equal(listeners.size, 0);
    });
  },
);

Deno.test("toAbortSignal reports a listener that throws, and goes on", async () => {
  const { error } = console;
  const reported: unknown[] = [];
  console.error = (...args) => void reported.push(args.at(-1));
  try {
    await run(scoped(function* () {
      const signal = yield* toAbortSignal;
      signal.addEventListener("abort", () => {
        throw "listener";
      });
    }));
  } finally {
    console.error = error;
  }

  assert.deepEqual(reported, ["listener"]);
});

Deno.test("toAbortSignal works where Effect runs it", async () => {
  const signal = await Effect.runPromise(Effect.scoped(toAbortSignal));

  assert.ok(signal.aborted);
});

Deno.test("a cancellation keeps its provenance on the way to a promise and back", async () => {
  const scope = new CancelScope({ name: "download" });
  let rejectedWith: unknown;
  const obedient = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => {
      signal.addEventListener("abort", () => {
        rejectedWith = signal.reason;
        reject(signal.reason);
      });
    });

  const exit = await runExit(
    nursery(function* (n) {
      n.startSoon(Effect.sync(() => scope.cancel("too slow")));
      return yield* scope.run(fromPromise(obedient));
    }),
  );

  assert.deepEqual(exit, Exit.succeed(Option.none()));
  assert.equal(rejectedWith, scope.cancellation);
});

Deno.test("a cancellation tells its whole chain, from run to run, through a signal", async () => {
  const stories: string[] = [];

  await run(cancelScope(function* (scope) {
    yield* nursery(function* (n) {
      n.startSoon(
        Effect.andThen(
          turns(20),
          Effect.sync(() => scope.cancel("closing time")),
        ),
      );
      yield* scoped(function* () {
        const signal = yield* toAbortSignal;
        yield* fromPromise(async () => {
          // A run of its own begins in host code.
          await Promise.resolve();
          await run(
            fromAbortSignal(signal, function* (inner) {
              inner.signal.addEventListener("abort", () => {
                stories.push(inner.cancellation!.explain());
              });
              yield* sleepForever;
            }),
            { name: "other" },
          );
        });
      });
    });
  }, { name: "shop" }));

  assert.match(
    stories[0]!,
    /^scope "fromAbortSignal" was cancelled by .*: it was aborted with scope "shop" was cancelled by "main\/task-0" at .*: "closing time"/,
  );
});

Deno.test("fromAbortSignal() and toAbortSignal have exact types", () => {
  const { signal } = new AbortController();
  const bad: Effect.Effect<string, "bad", "Port"> = Effect.fail("bad");

  const wrapped = fromAbortSignal(signal, () => bad);
  is<Effect.Effect<Option.Option<string>, "bad", "Port">>(wrapped);
  // @ts-expect-error it may have been cancelled
  is<Effect.Effect<string, "bad", "Port">>(wrapped);
  // @ts-expect-error it can fail
  is<Effect.Effect<Option.Option<string>, never, "Port">>(wrapped);
  is<Effect.Effect<AbortSignal, never, Scope.Scope>>(toAbortSignal);
  // @ts-expect-error it needs a scope
  is<Effect.Effect<AbortSignal>>(toAbortSignal);
});

/** Whoever listens to a signal from now on. */
function spyOn(signal: AbortSignal): Set<unknown> {
  const listeners = new Set<unknown>();
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (
    type: string,
    listener: unknown,
    options?: unknown,
  ) => {
    listeners.add(listener);
    addEventListener.call(signal, type, listener as never, options as never);
  };
  signal.removeEventListener = (type: string, listener: unknown) => {
    listeners.delete(listener);
    removeEventListener.call(signal, type, listener as never);
  };
  return listeners;
}

/** Accepts only what has the type. */
function is<T>(value: T): void {
  assert.ok(Effect.isEffect(value));
}
