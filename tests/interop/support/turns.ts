import { cancelScope, gather, shieldedCheckpoint } from "espalier";
import * as Effect from "effect/Effect";
import type * as Option from "effect/Option";

/** Lets so many turns pass. */
export function turns(count: number): Effect.Effect<void> {
  return Effect.gen(function* () {
    for (let turn = 0; turn < count; turn++) yield* shieldedCheckpoint;
  });
}

/** Moves on after so many turns, where a promise would hold up the clock. */
export function moveOnAfterTurns<A, E>(
  count: number,
  body: () => Effect.Effect<A, E>,
): Effect.Effect<Option.Option<A>, E> {
  return cancelScope((scope) =>
    Effect.map(
      gather([
        body(),
        Effect.andThen(turns(count), Effect.sync(() => scope.cancel("enough"))),
      ]),
      ([answer]) => answer,
    )
  );
}
