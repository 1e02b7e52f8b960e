import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import {
  type Branch,
  type ReceiveChannel,
  select,
  type SendChannel,
  shieldedCheckpoint,
} from "espalier";

/** Lets everybody who can run come to the point where nobody can. */
export const settled: Effect.Effect<void> = turns(8);

/** Lets `count` turns pass. */
export function turns(count: number): Effect.Effect<void> {
  return Effect.gen(function* () {
    for (let i = 0; i < count; i++) yield* shieldedCheckpoint;
  });
}

/** Receives; a channel that has nothing to give is a mistake of the test. */
export function take<T>(channel: ReceiveChannel<T, unknown>): Effect.Effect<T> {
  return Effect.orDie(channel.receive);
}

/** Sends; a channel that takes nothing is a mistake of the test. */
export function put<T>(channel: SendChannel<T>, value: T): Effect.Effect<void> {
  return Effect.orDie(channel.send(value));
}

/** Takes everything that can be had now. */
export function drain<T>(channel: ReceiveChannel<T, unknown>): T[] {
  const taken: T[] = [];
  for (;;) {
    const result = channel.tryReceive();
    if (Result.isFailure(result)) return taken;
    taken.push(result.success);
  }
}

/** The `_tag` of what a `tryX()` or an outcome failed with; `"ok"` if it did not. */
export function tagOf(
  result: Result.Result<unknown, { readonly _tag: string }>,
): string {
  return Result.isFailure(result) ? result.failure._tag : "ok";
}

/** The `_tag` of what an effect fails with; `"ok"` if it does not. */
export function tag<R>(
  effect: Effect.Effect<unknown, { readonly _tag: string }, R>,
): Effect.Effect<string, never, R> {
  return Effect.match(effect, {
    onSuccess: () => "ok",
    onFailure: ({ _tag }) => _tag,
  });
}

/** Selects where no failure is expected. */
export function pick<B extends ReadonlyArray<Branch<unknown, unknown>>>(
  branches: B,
): Effect.Effect<B[number]["_A"]> {
  return Effect.orDie(select(branches));
}
