// `any` here means "of whatever type": the helpers below take bodies apart.
// deno-lint-ignore-file no-explicit-any
import type * as Effect from "npm:effect@^4.1.0/Effect";
import type { Eff } from "./any_body.ts";

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
