import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import { checkpoint, moveOnAfter, nursery, sleepForever } from "espalier";
import { BusyResource, ConflictDetector } from "espalier/sync";
import { stopAtEveryStep } from "../../src/testing/_injection.ts";
import { virtualTest } from "../support/virtual_test.ts";

virtualTest(
  "ConflictDetector refuses a second entry by the same task (C110)",
  function* () {
    const detector = new ConflictDetector({ name: "log file" });

    const error = yield* detector.guard(
      Effect.flip(detector.guard(Effect.void)),
    );

    assert.ok(error instanceof BusyResource);
    assert.equal(
      error.message,
      'Cannot use "log file": another task is doing so',
    );
  },
);

virtualTest(
  "ConflictDetector refuses a second entry by another task, and disturbs nobody (R60, C110)",
  function* () {
    const detector = new ConflictDetector();
    yield* nursery(function* (n) {
      const inside = n.startSoon(
        Effect.orDie(detector.guard(Effect.as(checkpoint, "done"))),
      );
      yield* Effect.yieldNow;

      yield* Effect.flip(detector.guard(Effect.void));
      const error = yield* Effect.flip(detector.guard(Effect.void));

      assert.equal(error._tag, "BusyResource");
      assert.equal(
        error.message,
        "Cannot use the resource: another task is doing so",
      );
      assert.equal(yield* inside, "done");
    });
    yield* detector.guard(Effect.void);
  },
);

virtualTest("two ConflictDetectors nest freely (C110)", function* () {
  const [outer, inner] = [new ConflictDetector(), new ConflictDetector()];

  const value = yield* outer.guard(inner.guard(Effect.succeed(1)));

  assert.equal(value, 1);
});

virtualTest(
  "ConflictDetector.guard() opens again however its body ends",
  function* () {
    const detector = new ConflictDetector();

    assert.equal(yield* Effect.flip(detector.guard(Effect.fail("no"))), "no");
    assert.ok(
      Option.isNone(yield* moveOnAfter(1, detector.guard(sleepForever))),
    );

    assert.equal(yield* detector.guard(async () => await 1), 1);
  },
);

virtualTest(
  "ConflictDetector opens again wherever its user is stopped",
  function* () {
    yield* stopAtEveryStep((stage) => {
      const detector = new ConflictDetector();
      stage.startVictim(Effect.orDie(detector.guard(checkpoint)));
      return Effect.orDie(detector.guard(Effect.void));
    });
  },
);
