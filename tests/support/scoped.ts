import type { ErrorOf, Result, ServicesOf, SuccessOf } from "espalier";
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import { effectOfHere } from "../../src/core/body_here.ts";

/** Runs a body with a scope of Effect's, closed when the body has ended. */
export function scoped<X extends Result>(
  body: () => X,
): Effect.Effect<
  SuccessOf<X>,
  ErrorOf<X>,
  Exclude<ServicesOf<X>, Scope.Scope>
> {
  return Effect.scoped(effectOfHere<X>(body));
}
