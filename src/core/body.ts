// `any` here means "of whatever type": the helpers below take bodies apart.
// deno-lint-ignore-file no-explicit-any
import type * as Effect from "npm:effect@^4.1.0/Effect";
import type { Eff } from "./any_body.ts";

/**
 * What a body may give back: an Effect, a generator that yields Effects, or a
 * promise.
 *
 * @example All three kinds
 * ```ts
 * import { type Result, run } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * const bodies: Array<() => Result<number, never, never>> = [
 *   () => Effect.succeed(1),
 *   function* () {
 *     return yield* Effect.succeed(1);
 *   },
 *   () => Promise.resolve(1),
 * ];
 * for (const body of bodies) assert.equal(await run(body), 1);
 * ```
 */
export type Result<A = any, E = any, R = any> =
  | Effect.Effect<A, E, R>
  | Generator<Effect.Effect<any, E, R>, A, any>
  | PromiseLike<A>;

/**
 * What a body succeeds with.
 *
 * @example Read it off a function
 * ```ts
 * import { run, type SuccessOf } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const answer = async () => await Promise.resolve(42);
 * const value: SuccessOf<ReturnType<typeof answer>> = await run(answer);
 * assert.equal(value, 42);
 * ```
 */
export type SuccessOf<X> = X extends Effect.Effect<infer A, any, any> ? A
  : X extends Generator<any, infer A, any> ? A
  : X extends PromiseLike<infer A> ? A
  : never;

/**
 * How a body can fail; an async body cannot say.
 *
 * @example Read it off an Effect
 * ```ts
 * import { type ErrorOf, run } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * const lost = Effect.fail("no route" as const);
 * const why: ErrorOf<typeof lost> = await run(Effect.flip(lost));
 * assert.equal(why, "no route");
 * ```
 */
export type ErrorOf<X> = X extends Effect.Effect<any, infer E, any> ? E
  : X extends Generator<infer Y, any, any>
    ? (Y extends Effect.Effect<any, infer E, any> ? E : never)
  : never;

/**
 * Which services a body needs.
 *
 * @example A body that needs nothing
 * ```ts
 * import { run, type ServicesOf } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * const body = Effect.succeed(1);
 * const needsNothing = (_: ServicesOf<typeof body>) => {};
 * assert.equal(typeof needsNothing, "function");
 * assert.equal(await run(body), 1);
 * ```
 */
export type ServicesOf<X> = X extends Effect.Effect<any, any, infer R> ? R
  : X extends Generator<infer Y, any, any>
    ? (Y extends Effect.Effect<any, any, infer R> ? R : never)
  : never;

/**
 * A body without arguments; a function is handed an `AbortSignal`.
 *
 * @example Take a body of one's own
 * ```ts
 * import { type Body0, run } from "espalier";
 * import assert from "node:assert/strict";
 * import type * as Effect from "effect/Effect";
 *
 * const twice = async (body: Body0<Effect.Effect<number> | Promise<number>>) =>
 *   await run(body) + await run(body);
 * assert.equal(await twice(async () => await Promise.resolve(2)), 4);
 * ```
 */
export type Body0<X> = ((signal: AbortSignal) => X) | (X & Eff);

/**
 * A body with one argument; a function is handed an `AbortSignal` after it.
 *
 * @example A body that is handed its scope
 * ```ts
 * import { type Body1, cancelScope, type CancelScope, run } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * const named: Body1<CancelScope, Effect.Effect<boolean>> = (scope) =>
 *   Effect.sync(() => scope.cancelCalled);
 * assert.equal((await run(cancelScope(named)))._tag, "Some");
 * ```
 */
export type Body1<T, X> =
  | ((a: T, signal: AbortSignal) => X)
  | (X & Eff);
