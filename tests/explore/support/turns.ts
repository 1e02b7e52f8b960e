import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import { checkpoint } from "espalier";
import type { LockLike } from "espalier/testing";
import { each, together } from "./together.ts";

/** Who came in which order, and who had it in which order. */
export interface Turns {
  readonly arrived: readonly string[];
  readonly granted: readonly string[];
}

/** Tasks have in turn what only one can have at a time. */
export function* turns(
  names: string,
  lock: Pick<LockLike, "acquire" | "release">,
): Generator<Effect.Effect<unknown, unknown>, Turns> {
  const arrived: string[] = [];
  const granted: string[] = [];
  let inside = 0;
  yield* together(each(names, (name) =>
    function* () {
      arrived.push(name);
      yield* lock.acquire;
      assert.equal(++inside, 1);
      granted.push(name);
      const leave = Effect.sync(() => {
        inside--;
        lock.release();
      });
      yield* Effect.ensuring(checkpoint, leave);
    }));
  return { arrived, granted };
}

/** The same, first come, first served; answers the order. */
export function* turnsInOrder(
  names: string,
  lock: Pick<LockLike, "acquire" | "release">,
): Generator<Effect.Effect<unknown, unknown>, string> {
  const { arrived, granted } = yield* turns(names, lock);
  assert.deepEqual(granted, arrived.filter((it) => granted.includes(it)));
  return granted.join("");
}

/** In which orders three tasks have it, of whom at most one is cancelled. */
export const TURNS_OF_THREE: readonly string[] = [
  ...["ab", "abc", "ac", "acb", "ba", "bac"],
  ...["bc", "bca", "ca", "cab", "cb", "cba"],
];
