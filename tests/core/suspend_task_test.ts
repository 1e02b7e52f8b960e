import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Option from "effect/Option";
import {
  CancelScope,
  cancelScope,
  checkpoint,
  checkpointIfCancelled,
  InternalError,
  now,
  nursery,
  run,
  runExit,
  sleep,
} from "espalier";
import { suspendTask } from "espalier/core";
import { suspendOn } from "../../src/core/suspend_task.ts";
import { scopeTest, virtualExit } from "../support/virtual_test.ts";

type Resume<A> = (result: Effect.Effect<A>) => void;

scopeTest(
  "suspendTask() waits for resume, which only marks (R12, R18)",
  function* () {
    const resumes: Resume<string>[] = [];
    const trail: string[] = [];
    yield* nursery(function* (n) {
      n.startSoon(function* () {
        trail.push(
          yield* suspendTask<string>((resume) => {
            resumes.push(resume);
            return () => "aborted";
          }),
        );
      });
      yield* checkpoint;
      resumes[0]!(Effect.succeed("first"));
      resumes[0]!(Effect.succeed("second"));
      trail.push("resumed");
    });
    assert.deepEqual(trail, ["resumed", "first"]);
  },
);

scopeTest(
  "suspendTask() may be resumed while it registers, and by a failure",
  function* () {
    const value = yield* suspendTask<number>((resume) => {
      resume(Effect.succeed(1));
      return () => assert.fail("not cancelled");
    });
    assert.equal(value, 1);
    const exit = yield* Effect.exit(suspendTask<never, string>((resume) => {
      resume(Effect.fail("E"));
      return () => "aborted";
    }));
    assert(Exit.hasFails(exit));
    const later = yield* suspendTask<number>((resume) => {
      resume(Effect.as(sleep(5), 2));
      return () => "aborted";
    });
    assert.equal(later, 2);
  },
);

scopeTest(
  "an abort that undid the wait cancels the task, and is called once (R12, R14)",
  function* () {
    let aborts = 0;
    const scope = new CancelScope();
    const answer = yield* nursery(function* (n) {
      const waiting = n.startSoon(() =>
        scope.run(suspendTask<void>(() => () => {
          aborts++;
          return "aborted";
        }))
      );
      yield* checkpoint;
      scope.cancel();
      scope.cancel();
      assert.equal(aborts, 1);
      return yield* waiting;
    });
    assert.deepEqual(answer, Option.none());
    assert.equal(aborts, 1);
  },
);

scopeTest(
  "an abort that is too late lets the task wait on; the next cancel point cancels (C050, R12, R15)",
  function* () {
    const resumes: Resume<number>[] = [];
    const trail: unknown[] = [];
    let aborts = 0;
    yield* cancelScope(function* (scope) {
      yield* nursery(function* (n) {
        n.startSoon(function* () {
          trail.push(
            yield* suspendTask<number>((resume) => {
              resumes.push(resume);
              return () => {
                aborts++;
                return "tooLate";
              };
            }),
          );
          yield* checkpoint;
          trail.push("unreachable");
        });
        yield* checkpoint;
        scope.cancel();
        for (let i = 0; i < 5; i++) yield* Effect.exit(Effect.void);
        assert.deepEqual(trail, []);
        resumes[0]!(Effect.succeed(1));
      });
    });
    assert.deepEqual(trail, [1]);
    assert.equal(aborts, 1);
  },
);

scopeTest(
  "a task that is cancelled already has its wait aborted at once (R12)",
  function* () {
    const trail: string[] = [];
    yield* cancelScope((scope) => {
      scope.cancel();
      return suspendTask<void>(() => () => {
        trail.push("aborted");
        return "aborted";
      });
    });
    assert.deepEqual(trail, ["aborted"]);
  },
);

scopeTest(
  "an abort is not called after resume: the result is kept (R13)",
  function* () {
    const resumes: Resume<string>[] = [];
    const trail: string[] = [];
    const scope = new CancelScope();
    yield* nursery(function* (n) {
      n.startSoon(() =>
        scope.run(function* () {
          trail.push(
            yield* suspendTask<string>((resume) => {
              resumes.push(resume);
              return () => assert.fail("aborted after resume");
            }),
          );
          yield* checkpointIfCancelled;
          trail.push("unreachable");
        })
      );
      yield* checkpoint;
      resumes[0]!(Effect.succeed("kept"));
      scope.cancel();
    });
    assert.deepEqual(trail, ["kept"]);
    assert.equal(scope.cancelledCaught, true);
  },
);

scopeTest(
  "an abort that resumes the wait itself has not undone it",
  function* () {
    const trail: string[] = [];
    yield* cancelScope(function* (scope) {
      scope.cancel();
      trail.push(
        yield* suspendTask<string>((resume) => () => {
          resume(Effect.succeed("resumed by its abort"));
          return "aborted";
        }),
      );
      yield* checkpointIfCancelled;
      trail.push("unreachable");
    });
    assert.deepEqual(trail, ["resumed by its abort"]);
  },
);

for (
  const [what, abort] of [
    ["throws", () => {
      throw new Error("no verdict");
    }],
    ["answers neither verdict", () => "maybe" as never],
  ] as const
) {
  Deno.test(`an abort that ${what} ends the run with InternalError (C052, R12)`, async () => {
    const exit = await virtualExit(() =>
      nursery(function* (n) {
        const scope = new CancelScope();
        n.startSoon(() => scope.run(suspendTask<void>(() => abort)));
        yield* sleep(1);
        scope.cancel();
        yield* sleep(1_000_000);
      })
    );
    assert(Exit.isFailure(exit));
    const defects = exit.cause.reasons.flatMap((it) =>
      it._tag === "Die" ? [it.defect] : []
    );
    assert.equal(defects.length, 1);
    assert(defects[0] instanceof InternalError);
    assert.match(defects[0].message, /^Cannot abort a wait: /);
  });
}

scopeTest(
  "Effect's interruption asks the abort too, and waits where it is too late (R15)",
  function* () {
    const resumes: Resume<void>[] = [];
    const trail: string[] = [];
    const aborted = suspendTask<void>(() => () => {
      trail.push("undone");
      return "aborted";
    });
    assert.deepEqual(yield* Effect.timeoutOption(aborted, 1), Option.none());
    assert.deepEqual(trail, ["undone"]);

    yield* nursery(function* (n) {
      n.startSoon(function* () {
        yield* sleep(10);
        resumes[0]!(Effect.void);
      });
      const late = yield* Effect.timeoutOption(
        suspendTask<void>((resume) => {
          resumes.push(resume);
          return () => "tooLate";
        }),
        5,
      );
      assert.deepEqual(late, Option.none());
      assert.equal(now(), 11);
    });
  },
);

scopeTest(
  "a result that Effect's interruption made homeless is given to somebody else",
  function* () {
    const trail: string[] = [];
    const settles: (() => void)[] = [];
    const grant = suspendOn<string>({ label: "a grant" }, (settle) => {
      settles.push(() =>
        settle(Exit.succeed("permit"), () => trail.push("given back"))
      );
      return () => "aborted";
    });
    yield* nursery(function* (n) {
      n.startSoon(Effect.raceFirst(
        Effect.map(grant, (it) => trail.push(it)),
        // Wakes in the step after the grant and before the waiter takes it.
        Effect.callback<void>((resume) => {
          settles.push(() => resume(Effect.void));
        }),
      ));
      yield* checkpoint;
      settles[0]!();
      settles[1]!();
    });
    assert.deepEqual(trail, ["given back"]);
  },
);

scopeTest(
  "a wait inside Effect.uninterruptible is not aborted, and the cancellation comes after it",
  function* () {
    const trail: string[] = [];
    yield* cancelScope(function* (scope) {
      scope.cancel();
      yield* Effect.uninterruptible(sleep(5));
      trail.push(`slept until ${now()}`);
      yield* checkpoint;
      trail.push("unreachable");
    });
    assert.deepEqual(trail, ["slept until 5"]);
  },
);

scopeTest(
  "regions that Effect shields, one after another, hold a cancellation back one at a time",
  function* () {
    const trail: string[] = [];
    yield* cancelScope(function* (scope) {
      scope.cancel();
      for (const name of ["first", "second"]) {
        yield* Effect.uninterruptible(Effect.andThen(sleep(1), sleep(1)));
        trail.push(`${name} ${now()}`);
      }
      yield* sleep(0);
      trail.push("unreachable");
    });
    assert.deepEqual(trail, ["first 2", "second 4"]);
  },
);

scopeTest(
  "a region that Effect shields may be made interruptible inside",
  function* () {
    const trail: string[] = [];
    const answer = yield* cancelScope(function* (scope) {
      scope.cancel();
      yield* Effect.uninterruptibleMask((restore) =>
        Effect.gen(function* () {
          yield* sleep(1);
          trail.push("shielded");
          yield* restore(sleep(1));
          trail.push("unreachable");
        })
      );
    });
    assert.deepEqual(answer, Option.none());
    assert.deepEqual(trail, ["shielded"]);
  },
);

Deno.test("suspendTask() works outside a run", async () => {
  const exit = await Effect.runPromiseExit(suspendTask<string>((resume) => {
    queueMicrotask(() => resume(Effect.succeed("value")));
    return () => "aborted";
  }));
  assert.deepEqual(exit, Exit.succeed("value"));
  assert.deepEqual(await runExit(Effect.void), Exit.void);
  await run(checkpoint);
});
