import * as Cause from "npm:effect@^4.1.0/Cause";
import * as Channel from "npm:effect@^4.1.0/Channel";
import * as Effect from "npm:effect@^4.1.0/Effect";
import { identity } from "npm:effect@^4.1.0/Function";
import * as Pipeable from "npm:effect@^4.1.0/Pipeable";
import type * as Stream from "npm:effect@^4.1.0/Stream";
import { EndOfChannel } from "./errors.ts";

/**
 * What `receive` answers, up to `EndOfChannel`, as a stream of Effect.
 *
 * `Stream.fromPull` would do, but a method cannot wait for an import, and
 * Effect's Stream would be loaded by everybody for the few who ask for one. A
 * stream is no more than what its interface says: a channel of chunks that can
 * be piped.
 */
export function streamOf<T, E>(
  receive: Effect.Effect<T, E | EndOfChannel>,
): Stream.Stream<T, Exclude<E, EndOfChannel>> {
  type Failure = Exclude<E, EndOfChannel>;
  const pull = Effect.matchEffect(receive, {
    onFailure: (error): Effect.Effect<never, Failure | Cause.Done<void>> =>
      error instanceof EndOfChannel
        ? Cause.done()
        : Effect.fail(error as Failure),
    onSuccess: (value): Effect.Effect<readonly [T, ...T[]]> =>
      Effect.succeed([value]),
  });
  const channel = Channel.fromPull(Effect.succeed(pull));
  return new ValueStream(channel as ValueStream<T, Failure>["channel"]);
}

class ValueStream<T, E> extends Pipeable.Class implements Stream.Stream<T, E> {
  readonly "~effect/Stream" = { _A: identity, _E: identity, _R: identity };

  constructor(readonly channel: Stream.Stream<T, E>["channel"]) {
    super();
  }
}
