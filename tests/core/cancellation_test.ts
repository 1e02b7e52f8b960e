import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import {
  type Cancellation,
  cancelScope,
  moveOnAfter,
  now,
  type Nursery,
  nursery,
  sleep,
  sleepForever,
} from "espalier";
import { virtualTest } from "../support/virtual_test.ts";

virtualTest(
  "a cancellation tells its reason and who asked for it (C053, R10)",
  function* () {
    let cancellation: Cancellation | undefined;
    yield* nursery(function* (n) {
      n.startSoon(function* () {
        yield* sleep(3);
        n.cancelScope.cancel("hello");
      }, { name: "canceller" });
      cancellation = n.cancelScope.cancellation;
      n.cancelScope.signal.onabort = () => {
        cancellation = n.cancelScope.cancellation;
      };
      yield* sleepForever;
    }, { name: "greeting", onCancelled: () => undefined });

    assert.deepEqual(
      { ...cancellation },
      {
        reason: { _tag: "Explicit", message: "hello" },
        scope: "greeting",
        requestedBy: "main/canceller",
        at: 3,
      },
    );
  },
);

virtualTest(
  "a deadline tells that it passed, and when (C053, R10)",
  function* () {
    yield* sleep(2);

    const cancellation = yield* cancelScope(function* (scope) {
      yield* moveOnAfter(5, sleepForever);
      scope.deadline = now() + 1;
      yield* Effect.ignore(Effect.uninterruptible(sleep(2)));
      return scope.cancellation;
    }, { name: "search" });

    assert(cancellation._tag === "Some");
    assert.deepEqual(cancellation.value?.reason, {
      _tag: "DeadlinePassed",
      deadline: 8,
    });
    assert.equal(cancellation.value?.requestedBy, "host");
  },
);

virtualTest(
  "explain() says who, where, why, when, and which way it came",
  function* () {
    let told = "";
    const page = cancelScope(function* (scope) {
      try {
        yield* sleepForever;
      } finally {
        told = scope.cancellation?.explain() ?? "";
      }
    }, { name: "page" });

    yield* Effect.exit(nursery(function* (n: Nursery<Error>) {
      n.startSoon(page, { name: "fetch" });
      n.startSoon(
        Effect.andThen(sleep(12), Effect.fail(new Error("404"))),
        { name: "robots" },
      );
      yield* sleepForever;
    }, { name: "crawl" }));

    assert.equal(
      told,
      'scope "crawl" was cancelled by "main/robots" at 12 ms: its child ' +
        '"main/robots" failed with Error: 404; it came through task "fetch" → ' +
        'scope "page"',
    );
  },
);
