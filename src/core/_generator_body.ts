import * as Cause from "npm:effect@^4.1.0/Cause";
import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Exit from "npm:effect@^4.1.0/Exit";

// deno-lint-ignore no-explicit-any
type AnyEffect = Effect.Effect<any, any, any>;
type Body = Generator<AnyEffect, unknown, unknown>;
type Step = IteratorResult<AnyEffect, unknown>;

/**
 * Drives a generator body.
 *
 * Effect's own `gen` lets go of a generator whose effect fails: its `finally`
 * blocks never run. Here it is closed, like a resource: shielded, to the end,
 * and its `finally` blocks and `using` declarations may `yield*`.
 */
export function driveGenerator(body: Body): AnyEffect {
  return Effect.onExit(
    Effect.gen(() => body as Generator<AnyEffect, unknown, never>),
    (exit) => Exit.isSuccess(exit) ? Effect.void : close(body),
  );
}

/** Closes a generator that was cut short, and keeps all that goes wrong. */
function close(body: Body): AnyEffect {
  return Effect.gen(function* () {
    const reasons: Cause.Reason<unknown>[] = [];
    let step = attempt(() => body.return(undefined), reasons);
    while (!step.done) {
      const exit: Exit.Exit<unknown, unknown> = yield* Effect.exit(step.value);
      if (Exit.isFailure(exit)) reasons.push(...exit.cause.reasons);
      step = attempt(
        Exit.isSuccess(exit)
          ? () => body.next(exit.value)
          : () => body.return(undefined),
        reasons,
      );
    }
    if (reasons.length > 0) {
      yield* Effect.failCause(Cause.fromReasons(reasons));
    }
  });
}

/** Takes one step; a generator that throws is finished. */
function attempt(step: () => Step, reasons: Cause.Reason<unknown>[]): Step {
  try {
    return step();
  } catch (thrown) {
    reasons.push(...Cause.die(thrown).reasons);
    return { done: true, value: undefined };
  }
}
