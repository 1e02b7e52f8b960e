import * as Effect from "effect/Effect";
import { type Nursery, nursery, sleep } from "espalier";

/** What a child runs. */
export type Child =
  | Effect.Effect<unknown, unknown>
  | (() => Generator<Effect.Effect<unknown, unknown>, unknown>);

/**
 * Runs bodies as the children of one nursery, named for their keys.
 *
 * @param whenBlocked Called when all of them wait in vain, or have ended: helps
 * those whose helper was cancelled.
 */
export function together(
  children: Readonly<Record<string, Child>>,
  whenBlocked?: () => void,
): Effect.Effect<void, unknown> {
  return nursery(function* (n: Nursery<unknown>) {
    for (const [name, child] of Object.entries(children)) {
      if (Effect.isEffect(child)) n.startSoon(child, { name });
      else n.startSoon(child, { name });
    }
    if (whenBlocked === undefined) return;
    yield* sleep("1 second");
    whenBlocked();
  });
}

/** The same body, for as many children as there are names. */
export function each(
  names: string,
  child: (name: string) => Child,
): Record<string, Child> {
  return Object.fromEntries([...names].map((name) => [name, child(name)]));
}
