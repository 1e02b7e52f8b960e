import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as Option from "effect/Option";
import { cancelScope, moveOnAfter, nursery, run, sleepForever } from "espalier";

const results: unknown[] = [];

/**
 * Keeps one of each open while a bench is measured, of ours and of Effect's: a
 * scope, a deadline, a timeout, a nursery, tasks and fibers that wait.
 *
 * The harness collects garbage before each sample. Where no object of a kind is
 * left then, V8 throws away the code that it had optimised for that kind, and
 * every sample would measure how it is compiled again. In a program that uses
 * these things some are always open.
 *
 * @returns Ends them.
 */
export function keepOpen(): () => void {
  results.push(
    Exit.succeed(0),
    Exit.fail(0),
    Option.some(0),
    [Effect.succeed(0), Effect.fail(0), Effect.void],
  );
  const waits = [
    Effect.never,
    Effect.promise(() => new Promise<never>(() => {})),
    Effect.gen(function* () {
      yield* Effect.never;
    }),
    Effect.timeout(Effect.never, "1 hour").pipe(Effect.orDie),
    cancelScope(Effect.never),
    moveOnAfter("1 hour", sleepForever),
    Effect.all([Effect.never, Effect.never], { concurrency: "unbounded" }),
    Effect.flatMap(Effect.forkChild(Effect.never), Fiber.join),
  ];
  const stop = new AbortController();
  run(
    nursery(function* (n) {
      for (const wait of waits) n.startSoon(Effect.asVoid(wait));
      yield* sleepForever;
    }),
    { signal: stop.signal },
  ).catch(() => {});
  return () => stop.abort();
}
