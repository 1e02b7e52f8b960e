import * as Effect from "npm:effect@^4.1.0/Effect";
import { scopeOf } from "./_strand.ts";
import { type AnyBody } from "./any_body.ts";
import { effectOf } from "./_effect_of.ts";
import {
  type ErrorOf,
  type Result,
  type ServicesOf,
  type SuccessOf,
} from "./body.ts";
import { NotInRun } from "./usage_errors.ts";

/**
 * Turns a body into an Effect that runs in the innermost scope there is, for
 * functions that take a body and make no scope for it.
 *
 * @param body The body.
 * @param args What it is handed before the signal.
 */
export function effectOfHere<X extends Result>(
  body: AnyBody,
  args: readonly unknown[] = [],
): Effect.Effect<SuccessOf<X>, ErrorOf<X>, ServicesOf<X>> {
  if (Effect.isEffect(body)) return effectOf<X>(body, args, undefined as never);
  return Effect.withFiber((fiber) => {
    const node = scopeOf(fiber);
    return node === undefined
      ? Effect.die(new NotInRun("run a body"))
      : effectOf<X>(body, args, node);
  });
}
