// `any` here means "of whatever type": a body may be anything that runs.
// deno-lint-ignore-file no-explicit-any
import type { Eff } from "../core/any_body.ts";
import type { Result, SuccessOf } from "../core/body.ts";

/**
 * A body among others: an Effect, or a function that is handed a signal.
 *
 * @example A list of bodies of every kind
 * ```ts
 * import { gather, type MemberBody, run } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * const bodies = [
 *   Effect.succeed(1),
 *   function* () {
 *     return yield* Effect.succeed(2);
 *   },
 *   async () => await Promise.resolve(3),
 * ] as const satisfies readonly MemberBody[];
 * assert.deepEqual(await run(gather(bodies)), [1, 2, 3]);
 * ```
 */
export type MemberBody = ((signal: AbortSignal) => Result) | Eff;

/**
 * What a body gives back when it is called; an Effect is that itself.
 *
 * @example What an async body gives back
 * ```ts
 * import type { ResultOf } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const body = async () => await Promise.resolve(1);
 * const result: ResultOf<typeof body> = body();
 * assert.equal(await result, 1);
 * ```
 *
 * @typeParam B The type of a body.
 */
export type ResultOf<B> = B extends (...args: any) => infer X ? X : B;

/**
 * The bodies of a list or of a record.
 *
 * @example One of them
 * ```ts
 * import type { MembersOf } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const bodies = { one: () => "first", two: () => "second" };
 * const body: MembersOf<typeof bodies> = bodies.two;
 * assert.equal(body(), "second");
 * ```
 *
 * @typeParam B The type of the list or of the record.
 */
export type MembersOf<B> = B extends ReadonlyArray<infer Member> ? Member
  : B[keyof B];

/**
 * The shape of `B` with what each body succeeds with in its place.
 *
 * @example Name the results of a record
 * ```ts
 * import { gather, type Gathered, run } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * const bodies = { title: Effect.succeed("Espalier"), views: Effect.succeed(42) };
 * const page: Gathered<typeof bodies> = await run(gather(bodies));
 * assert.equal(page.views + 1, 43);
 * ```
 *
 * @typeParam B The type of the list or of the record.
 */
export type Gathered<B> = {
  -readonly [K in keyof B]: SuccessOf<ResultOf<B[K]>>;
};
