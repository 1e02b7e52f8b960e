import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import {
  cancelScope,
  now,
  type Nursery,
  nursery,
  shield,
  sleep,
  sleepForever,
} from "espalier";
import { scopeTest } from "../support/virtual_test.ts";

scopeTest(
  "a body that Effect interrupts may wait for its children in its cleanup: they are cancelled first",
  function* () {
    const trail: string[] = [];
    const body = nursery(function* (n: Nursery) {
      const child = n.startSoon(sleepForever);
      try {
        yield* sleepForever;
      } finally {
        const { _tag } = yield* child.outcome;
        trail.push(`${_tag} at ${now()}`);
      }
    });
    yield* Effect.timeoutOption(body, 5);
    assert.deepEqual(trail, ["Cancelled at 5"]);
  },
);

scopeTest(
  "so are those of every nursery around, but not what a shield protects",
  function* () {
    const trail: string[] = [];
    const until = (what: string) =>
      Effect.onInterrupt(
        sleepForever,
        () => Effect.sync(() => trail.push(`${what} at ${now()}`)),
      );
    const body = nursery(function* (outer: Nursery) {
      outer.startSoon(until("outer"));
      yield* cancelScope(() =>
        nursery(function* (inner: Nursery) {
          inner.startSoon(until("inner"));
          yield* shield(() =>
            nursery(function* (safe: Nursery) {
              safe.startSoon(Effect.andThen(
                sleep(20),
                Effect.sync(() => trail.push(`safe at ${now()}`)),
              ));
              yield* sleep(30);
            })
          );
        })
      );
    });
    const fiber = yield* Effect.forkChild(body);
    yield* sleep(5);
    yield* Fiber.interrupt(fiber);
    assert.deepEqual(trail.sort(), [
      "inner at 5",
      "outer at 5",
      "safe at 20",
    ]);
    assert.equal(now(), 30);
  },
);

scopeTest(
  "an operator of Effect that cuts short a part of a body leaves the children alone",
  function* () {
    const answer = yield* nursery(function* (n: Nursery) {
      const child = n.startSoon(Effect.as(sleep(10), "done"));
      yield* Effect.timeoutOption(sleepForever, 5);
      yield* Effect.race(sleepForever, sleep(1));
      return yield* child;
    });
    assert.equal(answer, "done");
    assert.equal(now(), 10);
  },
);
