import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Exit from "npm:effect@^4.1.0/Exit";
import * as Fiber from "npm:effect@^4.1.0/Fiber";
import * as Option from "npm:effect@^4.1.0/Option";
import { sleep } from "../core/clock.ts";

/**
 * Runs something that may be broken in such a way that not even a cancellation
 * ends it, and gives it up when it is late: it is left behind, cancelled.
 *
 * @param ms On the clock of the run.
 */
export function unlessLate<A, E>(
  effect: Effect.Effect<A, E>,
  ms: number,
): Effect.Effect<Option.Option<A>, E> {
  return Effect.gen(function* () {
    const fiber = yield* Effect.forkDetach(effect);
    const ended = Effect.map(Fiber.await(fiber), Option.some);
    const late = Effect.as(sleep(ms), Option.none());
    const exit = yield* Effect.onInterrupt(
      Effect.raceFirst(ended, late),
      () => Fiber.interrupt(fiber),
    );
    if (Option.isSome(exit)) {
      return Exit.isSuccess(exit.value)
        ? Option.some(exit.value.value)
        : yield* Effect.failCause(exit.value.cause);
    }
    fiber.interruptUnsafe();
    return Option.none();
  });
}
