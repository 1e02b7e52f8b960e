import assert from "node:assert/strict";
import type * as Effect from "effect/Effect";
import { explore, type ExploreOptions } from "espalier/testing";

/** Something that can be run: an Effect, or a generator that yields Effects. */
type Runs<A> =
  | Effect.Effect<A, unknown>
  | Generator<Effect.Effect<unknown, unknown>, A>;

/** Options for {@linkcode prove}. */
export interface ProofOptions extends ExploreOptions {
  /** How many interleavings there are at the least. */
  readonly atLeast: number;
}

/**
 * Runs `body` in every interleaving that the options allow: none may fail, and
 * none may be left out.
 */
export async function prove(
  body: () => Runs<unknown>,
  { atLeast, ...options }: ProofOptions,
): Promise<void> {
  const { failure, exhausted, interleavings } = await explore(body, options);
  assert.ok(failure === undefined, `${failure?.error}\n${failure?.story}`);
  assert.ok(exhausted, `more than ${interleavings} interleavings`);
  assert.ok(
    interleavings >= atLeast,
    `only ${interleavings} interleavings, of at least ${atLeast}`,
  );
}

/**
 * As {@linkcode prove}; answers what `body` came to in one interleaving or
 * another, sorted: what is possible, and so what is not.
 */
export async function outcomes(
  body: () => Runs<string>,
  options: ProofOptions,
): Promise<string[]> {
  const seen = new Set<string>();
  await prove(function* () {
    seen.add(yield* body());
  }, options);
  return [...seen].sort();
}
