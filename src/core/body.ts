// `any` here means "of whatever type": the helpers below take bodies apart.
// deno-lint-ignore-file no-explicit-any
import * as Effect from "npm:effect@^4.1.0/Effect";
import { driveGenerator } from "./_generator_body.ts";
import { awaitBody } from "./_promise_body.ts";
import { signalOf } from "./_scope_signal.ts";
import type { ScopeNode } from "./_scope_tree.ts";

/** Any Effect. */
export type Eff = Effect.Effect<any, any, any>;

/**
 * What a body may give back: an Effect, a generator that yields Effects, or a
 * promise.
 */
export type Result<A = any, E = any, R = any> =
  | Effect.Effect<A, E, R>
  | Generator<Effect.Effect<any, E, R>, A, any>
  | PromiseLike<A>;

/** What a body succeeds with. */
export type SuccessOf<X> = X extends Effect.Effect<infer A, any, any> ? A
  : X extends Generator<any, infer A, any> ? A
  : X extends PromiseLike<infer A> ? A
  : never;

/** How a body can fail; an async body cannot say. */
export type ErrorOf<X> = X extends Effect.Effect<any, infer E, any> ? E
  : X extends Generator<infer Y, any, any>
    ? (Y extends Effect.Effect<any, infer E, any> ? E : never)
  : never;

/** Which services a body needs. */
export type ServicesOf<X> = X extends Effect.Effect<any, any, infer R> ? R
  : X extends Generator<infer Y, any, any>
    ? (Y extends Effect.Effect<any, any, infer R> ? R : never)
  : never;

/** A body without arguments; a function is handed an `AbortSignal`. */
export type Body0<X> = ((signal: AbortSignal) => X) | (X & Eff);

/** A body with one argument; a function is handed an `AbortSignal` after it. */
export type Body1<T, X> = ((a: T, signal: AbortSignal) => X) | (X & Eff);

/** A body of any kind, as the runtime sees it. */
export type AnyBody = ((...args: never[]) => unknown) | Eff;

/**
 * Turns a body of any kind into an Effect.
 *
 * @param body The body.
 * @param args What it is handed before the signal.
 * @param node The scope made for it, whose signal it is handed.
 */
export function effectOf<X extends Result>(
  body: AnyBody,
  args: readonly unknown[],
  node: ScopeNode,
): Effect.Effect<SuccessOf<X>, ErrorOf<X>, ServicesOf<X>> {
  if (Effect.isEffect(body)) return body as Effect.Effect<any, any, any>;
  if (typeof body !== "function") return refuse(body);
  return Effect.suspend(() => {
    // An async function may read its signal however it likes; for the others an
    // AbortController is made only if they declare a parameter for it.
    const needsSignal = body.length > args.length || isAsync(body);
    const call = body as (...args: unknown[]) => unknown;
    return lift(
      needsSignal ? call(...args, signalOf(node)) : call(...args),
      node,
    );
  });
}

function lift(result: unknown, node: ScopeNode): Effect.Effect<any, any, any> {
  if (Effect.isEffect(result)) return result as Effect.Effect<any, any, any>;
  if (isGenerator(result)) return driveGenerator(result);
  if (isThenable(result)) return awaitBody(result, node);
  return refuse(result);
}

function refuse(value: unknown): Effect.Effect<never> {
  return Effect.die(
    new TypeError(
      "Cannot run a body: it is not an Effect, a generator function or an " +
        `async function: received ${describe(value)}`,
    ),
  );
}

function describe(value: unknown): string {
  if (isGenerator(value)) {
    return "a generator that was called already: hand over the function";
  }
  return typeof value === "object" && value !== null
    ? Object.prototype.toString.call(value)
    : String(value);
}

function isAsync(body: object): boolean {
  return Object.prototype.toString.call(body) === "[object AsyncFunction]";
}

function isGenerator(
  value: unknown,
): value is Generator<Effect.Effect<any, any, any>, unknown, any> {
  return typeof value === "object" && value !== null &&
    Symbol.iterator in value && "next" in value && "return" in value &&
    typeof value.next === "function" && typeof value.return === "function";
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (typeof value === "object" || typeof value === "function") &&
    value !== null && "then" in value && typeof value.then === "function";
}
