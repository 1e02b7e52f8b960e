import * as Effect from "npm:effect@^4.1.0/Effect";
import type * as Fiber from "npm:effect@^4.1.0/Fiber";
import { ScopeNode } from "./_scope_tree.ts";
import { scopeOf } from "./_strand.ts";
import type { AnyBody } from "./any_body.ts";
import { callBody } from "./_effect_of.ts";
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
  if (Effect.isEffect(body)) {
    return body as ReturnType<typeof effectOfHere<X>>;
  }
  return Effect.withFiber((fiber) => enterHere<X>(fiber, body, args));
}

/**
 * Enters a body at once, in the innermost scope of a running fiber; answers what
 * is left of it.
 *
 * @param fiber The fiber that runs.
 * @param body The body.
 * @param args What it is handed before the signal.
 */
export function enterHere<X extends Result>(
  fiber: Fiber.Fiber<unknown, unknown>,
  body: AnyBody,
  args: readonly unknown[] = [],
): Effect.Effect<SuccessOf<X>, ErrorOf<X>, ServicesOf<X>> {
  // Outside every run, as under `Effect.runPromise`, a scope of its own stands
  // in: only an interruption by Effect reaches its signal.
  return callBody(body, args, scopeOf(fiber) ?? new ScopeNode());
}
