import * as Effect from "npm:effect@^4.1.0/Effect";
import { ScopeNode } from "./_scope_tree.ts";
import { scopeOf } from "./_strand.ts";
import type { AnyBody } from "./any_body.ts";
import { effectOf } from "./_effect_of.ts";
import type { ErrorOf, Result, ServicesOf, SuccessOf } from "./body.ts";

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
    // Outside every run, as under `Effect.runPromise`, a scope of its own stands
    // in: only an interruption by Effect reaches its signal.
    const node = scopeOf(fiber) ?? new ScopeNode(undefined);
    return effectOf<X>(body, args, node);
  });
}
