import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import {
  CancelScope,
  cancelScope,
  currentTask,
  failAfter,
  failAt,
  moveOnAfter,
  moveOnAt,
  NotInRun,
  now,
  nursery,
  run,
  RunLocal,
  shield,
  sleep,
  TaskLocal,
} from "espalier";
import { effectOfHere } from "../../src/core/body_here.ts";
import { scopeTest } from "../support/virtual_test.ts";

const kinds = {
  "an Effect": Effect.succeed("value"),
  "a function that returns an Effect": () => Effect.succeed("value"),
  "a generator function": function* () {
    yield* sleep(0);
    return "value";
  },
  "an async function": async () => await Promise.resolve("value"),
};
const local = new TaskLocal({ initial: () => 0 });

for (const [kind, ofThisKind] of Object.entries(kinds)) {
  // The takers infer one kind at a time; here they are handed one after another.
  const body = ofThisKind as () => Effect.Effect<string>;
  const takers: Record<string, () => Effect.Effect<unknown, unknown>> = {
    "cancelScope": () => cancelScope(body),
    "CancelScope.run": () => new CancelScope().run(body),
    "moveOnAfter": () => moveOnAfter(10, body),
    "moveOnAt": () => moveOnAt(10, body),
    "failAfter": () => failAfter(10, body),
    "failAt": () => failAt(10, body),
    "shield": () => shield(body),
    "shield within": () => shield(body, { within: 10 }),
    "startSoon": () =>
      nursery(function* (n) {
        return yield* n.startSoon(body);
      }),
    "TaskLocal.provide": () => local.provide(1, body),
    "effectOfHere": () => effectOfHere<Effect.Effect<string>>(body),
  };
  scopeTest(`whatever takes a body takes ${kind}`, function* () {
    for (const [name, take] of Object.entries(takers)) {
      const answer = yield* take();
      const value = Option.isOption(answer)
        ? Option.getOrThrow(answer)
        : answer;
      assert.equal(value, "value", name);
    }
  });
}

scopeTest(
  "a function body is handed its argument, then a signal",
  function* () {
    yield* cancelScope((scope, signal) => {
      assert(scope instanceof CancelScope);
      assert.equal(signal, scope.signal);
      return Effect.void;
    });
    yield* nursery((n, signal) => {
      assert.equal(signal, n.cancelScope.signal);
      n.startSoon((signal) => {
        assert(signal instanceof AbortSignal);
        return Effect.void;
      });
      return Effect.void;
    });
    yield* moveOnAfter(10, function* (scope, signal) {
      assert.equal(signal, scope.signal);
      yield* Effect.void;
    });
    yield* failAfter(10, (...args) => {
      assert.equal(args.length, 1, "failAfter hands over no scope");
      assert(args[0] instanceof AbortSignal);
      return Promise.resolve();
    });
    yield* shield(async (signal) => {
      assert.equal(signal.aborted, false);
      await Promise.resolve();
    });
  },
);

scopeTest("the signal of a body says who cancelled", function* () {
  const reasons: unknown[] = [];
  const heeds = async (signal: AbortSignal) => {
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    reasons.push(signal.reason);
    throw signal.reason;
  };
  const scope = new CancelScope({ name: "mine" });
  yield* nursery(function* (n) {
    n.startSoon(() => scope.run((_, signal) => heeds(signal)));
    yield* sleep(0);
    scope.cancel("why");
  });
  assert.deepEqual(reasons, [scope.cancellation]);
  assert.equal(scope.cancelledCaught, true);
});

Deno.test("after an await an async body is host code", async () => {
  const hits = new RunLocal({ initial: () => 0 });
  await run(nursery(async (n) => {
    assert.equal(currentTask().name, "main");
    assert.equal(hits.get(), 0);
    assert.equal(local.get(), 0);
    await Promise.resolve();
    for (
      const belongsToATask of [
        now,
        currentTask,
        () => hits.get(),
        () => hits.set(1),
        () => local.get(),
      ]
    ) {
      assert.throws(belongsToATask, NotInRun);
    }
    const scope = new CancelScope();
    scope.cancel();
    assert.equal(scope.cancellation?.requestedBy, "host");
    n.startSoon(Effect.void);
  }));
});

Deno.test("what is not a body is refused with what it is", async () => {
  const refused: [unknown, RegExp][] = [
    [5, /received 5$/],
    [null, /received null$/],
    [[], /received an array$/],
    [() => ({}), /it returned an object, and no Effect/],
    [(function* () {})(), /hand over the function$/],
  ];
  for (const [body, message] of refused) {
    await assert.rejects(
      run(() => cancelScope(body as Effect.Effect<never>)),
      (error) => error instanceof TypeError && message.test(error.message),
    );
  }
});

Deno.test("what is no body is refused at the line that hands it over", async () => {
  const called = Promise.resolve() as never;
  assert.throws(() => nursery(called), TypeError);
  assert.throws(() => cancelScope(called), TypeError);
  assert.throws(() => moveOnAfter(1, called), TypeError);
  assert.throws(() => failAfter(1, called), TypeError);
  assert.throws(() => shield(called), TypeError);

  await run(nursery((n) => {
    assert.throws(() => n.startSoon(called), TypeError);
    assert.throws(() => n.start(called), TypeError);
    assert.deepEqual(n.children, []);
    return Effect.void;
  }));
});

Deno.test("a bare iterator is not a body", async () => {
  await assert.rejects(run(() => [][Symbol.iterator]() as never), TypeError);
});

scopeTest(
  "a wrapped function is handed its signal like any other",
  function* () {
    const seen: unknown[] = [];
    const see = (signal: AbortSignal) => {
      seen.push(signal);
      return Promise.resolve();
    };
    const wrapped = (...args: [AbortSignal]) => see(...args);
    const withDefault = (signal: AbortSignal = AbortSignal.abort()) =>
      see(signal);
    const bound = see.bind(null);
    for (const body of [see, wrapped, withDefault, bound]) {
      yield* nursery(function* (n) {
        yield* n.startSoon(body);
      });
    }
    assert.equal(seen.length, 4);
    for (const signal of seen) {
      assert(signal instanceof AbortSignal);
      assert.equal(signal.aborted, false);
    }
  },
);
