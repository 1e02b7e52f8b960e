import assert from "node:assert/strict";
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";

/** The defect that an effect dies with; a failure of the test if it does not. */
export function defectOf(
  effect: Effect.Effect<unknown, unknown>,
): Effect.Effect<unknown> {
  return Effect.matchCauseEffect(effect, {
    onSuccess: () =>
      Effect.die(new assert.AssertionError({ message: "it did not die" })),
    onFailure: (cause) => {
      const die = cause.reasons.find(Cause.isDieReason);
      return die === undefined
        ? Effect.die(
          new assert.AssertionError({ message: `it did not die: ${cause}` }),
        )
        : Effect.succeed(die.defect);
    },
  });
}
