import type { Eff } from "../core/any_body.ts";
import type { Result, SuccessOf } from "../core/body.ts";

/** A body among others: an Effect, or a function that is handed a signal. */
export type MemberBody = ((signal: AbortSignal) => Result) | Eff;

/** What a body gives back when it is called; an Effect is that itself. */
export type ResultOf<B> = B extends (...args: never[]) => infer X ? X : B;

/** The bodies of a list or of a record. */
export type MembersOf<B> = B extends ReadonlyArray<infer Member> ? Member
  : B[keyof B];

/** The shape of `B` with what each body succeeds with in its place. */
export type Gathered<B> = {
  -readonly [K in keyof B]: SuccessOf<ResultOf<B[K]>>;
};
