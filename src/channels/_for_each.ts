import * as Effect from "npm:effect@^4.1.0/Effect";
import type {
  ErrorOf,
  Result as BodyResult,
  ServicesOf,
} from "../core/body.ts";
import { effectOfHere } from "../core/body_here.ts";
import { checkBody } from "../core/check_body.ts";
import { EndOfChannel } from "./errors.ts";

/** Runs `body` on what `receive` answers, up to `EndOfChannel`. */
export function forEachValue<T, E, X extends BodyResult>(
  receive: Effect.Effect<T, E | EndOfChannel>,
  body: (value: T, signal: AbortSignal) => X,
): Effect.Effect<
  void,
  Exclude<E, EndOfChannel> | ErrorOf<X>,
  ServicesOf<X>
> {
  type Failure = Exclude<E, EndOfChannel> | ErrorOf<X>;
  checkBody(body);
  return Effect.suspend(() => {
    let ended = false;
    // Only the end of this channel ends the loop quietly: a body that fails with
    // the end of another one fails the loop.
    const step: Effect.Effect<unknown, Failure, ServicesOf<X>> = Effect
      .matchEffect(receive, {
        onFailure: (error) => {
          if (!(error instanceof EndOfChannel)) {
            return Effect.fail(error as Failure);
          }
          ended = true;
          return Effect.void;
        },
        onSuccess: (value) => effectOfHere<X>(body, [value]),
      });
    return Effect.whileLoop({
      while: () => !ended,
      body: () => step,
      step: () => {},
    });
  });
}
