// The contract of the room, declared again: what is built must fit it.
// deno-lint-ignore-file no-explicit-any
import assert from "node:assert/strict";
import * as combinators from "espalier/combinators";
import type {
  ErrorOf,
  Future,
  Outcome,
  ReceiveChannel,
  Result,
  ServicesOf,
  SuccessOf,
} from "espalier";
import type * as Duration from "effect/Duration";
import type * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";

type AnyBody = ((signal: AbortSignal) => Result) | Effect.Effect<any, any, any>;
type OutOf<B> = B extends (...args: any) => infer X ? X : B;
type All<B> = { -readonly [K in keyof B]: SuccessOf<OutOf<B[K]>> };

interface Combinators {
  gather<
    const B extends ReadonlyArray<AnyBody> | Readonly<Record<string, AnyBody>>,
  >(
    bodies: B,
    options?: { concurrency?: number },
  ): Effect.Effect<
    All<B>,
    ErrorOf<OutOf<B[keyof B]>>,
    ServicesOf<OutOf<B[keyof B]>>
  >;
  gather<B extends AnyBody>(
    bodies: Iterable<B>,
    options?: { concurrency?: number },
  ): Effect.Effect<
    Array<SuccessOf<OutOf<B>>>,
    ErrorOf<OutOf<B>>,
    ServicesOf<OutOf<B>>
  >;
  race<B extends AnyBody>(
    bodies: Iterable<B>,
  ): Effect.Effect<
    SuccessOf<OutOf<B>>,
    ErrorOf<OutOf<B>>,
    ServicesOf<OutOf<B>>
  >;
  asCompleted<B extends AnyBody>(
    bodies: Iterable<B>,
    options?: { concurrency?: number },
  ): Effect.Effect<
    ReceiveChannel<
      Outcome<SuccessOf<OutOf<B>>, ErrorOf<OutOf<B>>> & {
        readonly index: number;
      }
    >,
    never,
    ServicesOf<OutOf<B>> | Scope.Scope
  >;
  mapConcurrent<A, X extends Result>(
    items: Iterable<A> | AsyncIterable<A>,
    body: (item: A, index: number, signal: AbortSignal) => X,
    options: {
      concurrency: number;
      ordered?: boolean;
      rate?: { limit: number; interval: Duration.Input };
    },
  ): Effect.Effect<Array<SuccessOf<X>>, ErrorOf<X>, ServicesOf<X>>;
  waitFor<F extends Future<any, any>>(
    futures: Iterable<F>,
    options: { until: "first" | "first-failure" | "all" },
  ): Effect.Effect<
    { readonly done: Iterable<F>; readonly pending: Iterable<F> }
  >;
}

Deno.test("espalier/combinators fits its contract", () => {
  const { gather, race, asCompleted, mapConcurrent, waitFor }: Combinators =
    combinators;

  assert.deepEqual(
    [gather, race, asCompleted, mapConcurrent, waitFor].map((it) => it.name),
    ["gather", "race", "asCompleted", "mapConcurrent", "waitFor"],
  );
});
