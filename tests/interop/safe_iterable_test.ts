import assert from "node:assert/strict";
import {
  asSafeIterable,
  cancelScope,
  ChannelClosed,
  currentTask,
  EndOfChannel,
  gather,
  nursery,
  type ReceiveChannel,
  run,
} from "espalier";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type * as Scope from "effect/Scope";
import { stopAtEveryStep } from "../../src/testing/_injection.ts";
import { failuresOf } from "../combinators/support/bodies.ts";
import { scoped } from "../support/scoped.ts";
import { virtualTest } from "../support/virtual_test.ts";
import { moveOnAfterTurns, turns } from "./support/turns.ts";

virtualTest(
  "asSafeIterable() receives what the generator yields, up to its end (R59)",
  function* () {
    yield* scoped(function* () {
      const letters = yield* asSafeIterable(async function* () {
        yield await Promise.resolve("a");
        yield "b";
      });
      const seen: string[] = [];
      yield* letters.forEach((it) => Effect.sync(() => void seen.push(it)));

      assert.deepEqual(seen, ["a", "b"]);
      assert.ok((yield* Effect.flip(letters.receive)) instanceof EndOfChannel);
    });
  },
);

virtualTest(
  "asSafeIterable() does not resume the generator before somebody asks (R59, C092)",
  function* () {
    yield* scoped(function* () {
      const values = yield* asSafeIterable(async function* () {
        yield await Promise.resolve(1);
        throw new Error("resumed early");
      });
      assert.equal(yield* values.receive, 1);

      yield* turns(20);
    });
  },
);

virtualTest(
  "asSafeIterable() never begins a generator that nobody has asked (R59)",
  function* () {
    const trail: string[] = [];
    yield* scoped(function* () {
      yield* asSafeIterable(() => {
        trail.push("called");
        return tracked(trail);
      });
      yield* turns(20);
    });

    assert.deepEqual(trail, []);
  },
);

virtualTest(
  "asSafeIterable() runs the generator in a task of its own (R59)",
  function* () {
    const paths: string[] = [];
    yield* scoped(function* () {
      const values = yield* asSafeIterable(async function* () {
        paths.push(currentTask().path);
        yield await Promise.resolve(1);
      });
      yield* values.receive;
    });

    assert.deepEqual(paths, ["main/asSafeIterable"]);
  },
);

virtualTest(
  "asSafeIterable() has finished the generator before the program goes on (R59)",
  function* () {
    const trail: string[] = [];
    yield* scoped(function* () {
      const values = yield* asSafeIterable(() => tracked(trail));
      yield* values.receive;
      trail.push("leaving");
    });

    assert.deepEqual(
      trail,
      ["begin", "leaving", "aborted", "finish"].filter((it) =>
        it !== "aborted"
      ),
    );
  },
);

virtualTest(
  "asSafeIterable() aborts the signal of a generator that waits, with the cancellation",
  function* () {
    const trail: string[] = [];

    const answer = yield* moveOnAfterTurns(5, () =>
      scoped(function* () {
        const values = yield* asSafeIterable(async function* (signal) {
          try {
            yield await untilAborted(signal);
          } catch (thrown) {
            trail.push((thrown as { explain(): string }).explain());
            throw thrown;
          } finally {
            trail.push("finish");
          }
        });
        return yield* values.receive;
      }).pipe(Effect.orDie));

    assert.ok(Option.isNone(answer));
    assert.match(trail[0]!, /was cancelled by "main\/task-1" .*"enough"/);
    assert.equal(trail[1], "finish");
  },
);

virtualTest(
  "asSafeIterable() takes an AbortError for the answer to its signal",
  function* () {
    const answer = yield* moveOnAfterTurns(5, () =>
      scoped(function* () {
        const values = yield* asSafeIterable(async function* (signal) {
          try {
            yield await untilAborted(signal);
          } catch {
            throw new DOMException("gone", "AbortError");
          }
        });
        return yield* values.receive;
      }).pipe(Effect.orDie));

    assert.ok(Option.isNone(answer));
  },
);

virtualTest(
  "asSafeIterable() keeps a value whose receiver was cancelled for the next one",
  function* () {
    const step = Promise.withResolvers<string>();
    yield* scoped(function* () {
      const values = yield* asSafeIterable(async function* () {
        yield await step.promise;
      });
      yield* moveOnAfterTurns(5, () => Effect.orDie(values.receive));
      step.resolve("kept");

      assert.equal(yield* values.receive, "kept");
    });
  },
);

Deno.test("asSafeIterable() hands on what the generator throws: unwrapped, typed or not (R59)", async () => {
  const receiveFrom = <E>(options: { catch?: (thrown: unknown) => E }) =>
    scoped(function* () {
      const values = yield* asSafeIterable(throwing, options);
      yield* values.receive;
    });

  assert.deepEqual(await failuresOf(receiveFrom({})), ["Die worn main"]);
  assert.deepEqual(
    await failuresOf(receiveFrom({ catch: (thrown) => `caught ${thrown}` })),
    ["Fail caught worn main"],
  );
});

Deno.test("asSafeIterable() dies of a function that throws instead of making a generator", async () => {
  const failures = await failuresOf(scoped(function* () {
    const values = yield* asSafeIterable(() => {
      throw "no generator";
    });
    yield* values.receive;
  }));

  assert.deepEqual(failures, ["Die no generator main"]);
});

Deno.test("asSafeIterable() fails the closing for a cleanup that throws (R59)", async () => {
  const failures = await failuresOf(scoped(function* () {
    const values = yield* asSafeIterable(spilling);
    yield* values.receive;
  }));

  assert.deepEqual(failures, ["Die spilt main/asSafeIterable"]);
});

Deno.test("asSafeIterable() groups the failure of the body with that of the cleanup (R59)", async () => {
  const failures = await failuresOf(scoped(function* () {
    const values = yield* asSafeIterable(spilling);
    yield* values.receive;
    yield* Effect.die("body");
  }));

  assert.deepEqual(failures, [
    "Die body main",
    "Die spilt main/asSafeIterable",
  ]);
});

Deno.test("asSafeIterable() keeps what a waiting generator throws while it is finished", async () => {
  const failures = await failuresOf(
    moveOnAfterTurns(5, () =>
      scoped(function* () {
        const values = yield* asSafeIterable(async function* (signal) {
          try {
            yield await untilAborted(signal);
          } finally {
            // deno-lint-ignore no-unsafe-finally
            throw "spilt";
          }
        });
        return yield* values.receive;
      })),
  );

  assert.deepEqual(failures, ["Die spilt main/task-0/asSafeIterable"]);
});

virtualTest(
  "asSafeIterable() finishes the generator when the last handle is closed",
  function* () {
    const trail: string[] = [];
    yield* scoped(function* () {
      const values = yield* asSafeIterable(() => tracked(trail));
      yield* values.receive;
      values.close();
      yield* turns(10);

      assert.deepEqual(trail, ["begin", "finish"]);
      assert.ok((yield* Effect.flip(values.receive)) instanceof ChannelClosed);
    });
  },
);

virtualTest(
  "asSafeIterable() finishes the generator when a loop is left early",
  function* () {
    const trail: string[] = [];
    yield* scoped(function* () {
      const values = yield* asSafeIterable(() => tracked(trail));
      yield* gather([async () => {
        for await (const _ of values.toAsyncIterable()) break;
      }]);
      yield* turns(10);
      trail.push("after");
    });

    assert.deepEqual(trail, ["begin", "finish", "after"]);
  },
);

virtualTest("asSafeIterable() is a cancel point (R19)", function* () {
  const answer = yield* cancelScope((scope) => {
    scope.cancel();
    return Effect.scoped(asSafeIterable(throwing));
  });

  assert.ok(Option.isNone(answer));
});

virtualTest("asSafeIterable() is a schedule point (R19)", function* () {
  const trail: string[] = [];
  yield* nursery(function* (n) {
    n.startSoon(Effect.sync(() => trail.push("other")));
    yield* scoped(function* () {
      yield* asSafeIterable(throwing);
      trail.push("opened");
    });
  });

  assert.deepEqual(trail, ["other", "opened"]);
});

virtualTest(
  "asSafeIterable() can run again, with a generator of its own each time",
  function* () {
    const trail: string[] = [];
    const opened = asSafeIterable(() => tracked(trail));

    for (const _ of [1, 2]) {
      yield* Effect.scoped(Effect.flatMap(opened, ({ receive }) => receive));
    }

    assert.deepEqual(trail, ["begin", "finish", "begin", "finish"]);
  },
);

Deno.test("asSafeIterable() has finished what it has begun, wherever it is stopped", async () => {
  const performances = await run(stopAtEveryStep(({ startVictim }) => {
    const trail: string[] = [];
    startVictim(Effect.orDie(scoped(function* () {
      const values = yield* asSafeIterable(() => tracked(trail));
      yield* values.receive;
      yield* values.receive;
    })));
    return Effect.sync(() => {
      if (trail.length > 0) assert.deepEqual(trail, ["begin", "finish"]);
    });
  }));

  assert.ok(performances > 20);
});

Deno.test("asSafeIterable() has exact types", () => {
  const opened = asSafeIterable(() => tracked([]));
  is<Effect.Effect<ReceiveChannel<number>, never, Scope.Scope>>(opened);
  // @ts-expect-error it needs a scope
  is<Effect.Effect<ReceiveChannel<number>>>(opened);
  const typed = asSafeIterable(() => tracked([]), {
    catch: () => "bad" as const,
  });
  is<Effect.Effect<ReceiveChannel<number, "bad">, never, Scope.Scope>>(typed);
  // @ts-expect-error it can fail
  is<Effect.Effect<ReceiveChannel<number>, never, Scope.Scope>>(typed);
});

async function* tracked(trail: string[]) {
  trail.push("begin");
  try {
    for (let i = 0;; i++) {
      await Promise.resolve();
      yield i;
    }
  } finally {
    await Promise.resolve();
    trail.push("finish");
  }
}

// deno-lint-ignore require-yield
async function* throwing(): AsyncGenerator<number, void, void> {
  await Promise.resolve();
  throw "worn";
}

async function* spilling() {
  try {
    yield await Promise.resolve(1);
  } finally {
    // deno-lint-ignore no-unsafe-finally
    throw "spilt";
  }
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
  });
}

/** Accepts only what has the type. */
function is<T>(value: T): void {
  assert.ok(Effect.isEffect(value));
}
