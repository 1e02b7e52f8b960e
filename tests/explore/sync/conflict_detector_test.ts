import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import { BusyResource, checkpoint, ConflictDetector, sleep } from "espalier";
import { outcomes, prove } from "../support/prove.ts";
import { each, together } from "../support/together.ts";

Deno.test("ConflictDetector.guard() lets one in and refuses the rest, preempted or not, whoever is cancelled (C110)", async () => {
  const ends = await outcomes(function* () {
    const detector = new ConflictDetector();
    const ends: string[] = [];
    let inside = 0;
    const use = Effect.suspend(() => {
      assert.equal(++inside, 1);
      return Effect.ensuring(checkpoint, Effect.sync(() => inside--));
    });
    yield* together(each("ab", () =>
      Effect.match(detector.guard(use), {
        onSuccess: () => ends.push("used it"),
        onFailure: (error) => {
          assert.ok(error instanceof BusyResource);
          ends.push("refused");
        },
      })));
    // However they ended, it is free.
    yield* detector.guard(checkpoint);
    return ends.sort().join(", ");
  }, { cancelEverywhere: true, preemptions: 1, atLeast: 500 });

  assert.deepEqual(ends, [
    "refused",
    "refused, used it",
    "used it",
    "used it, used it",
  ]);
});

Deno.test("ConflictDetector.guard() does not let a refused one open the door for a third (C110)", async () => {
  await prove(function* () {
    const detector = new ConflictDetector();
    let refused = 0;
    yield* together({
      user: detector.guard(sleep(5)),
      ...each("ab", () =>
        Effect.andThen(
          sleep(1),
          Effect.catch(detector.guard(Effect.void), () =>
            Effect.sync(() => refused++)),
        )),
    });
    assert.equal(refused, 2);
  }, { atLeast: 10 });
});
