import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Option from "npm:effect@^4.1.0/Option";
import { checkMaker } from "./_check_maker.ts";
import { NURSERY_LIKE_LAWS } from "./_nursery_like_laws.ts";
import { unlessLate } from "./_patience.ts";
import type { NurseryLike } from "./nursery_like.ts";

/** How long one law may take, on the clock of the run. */
const PATIENCE_MS = 10_000;

/** Options for {@linkcode checkNurseryLike}. */
export interface CheckNurseryLikeOptions {
  /** How a breach calls what is checked; `"nursery"` by default. */
  readonly name?: string;
}

/**
 * Checks that something keeps the promises of a nursery: it ends after the last
 * child and its cleanup, one failure cancels the others, no failure is dropped,
 * and a cancellation reaches every child and stays.
 *
 * A law that has not ended after ten seconds on the clock of the run is broken
 * too. On a virtual clock that jumps that takes no time.
 *
 * - **Cancellation:** ends the check.
 * - **Failure:** a breach is a defect: an `Error` that names the law, with what
 *   was found as its cause.
 *
 * @example Check what is built around a nursery
 * ```ts
 * import { nursery, run } from "espalier";
 * import {
 *   checkNurseryLike,
 *   type NurseryLike,
 *   VirtualClock,
 * } from "espalier/testing";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * const clock = new VirtualClock({ autojump: true });
 * await run(checkNurseryLike(nursery), { clock });
 *
 * const mute: NurseryLike = (body) => Effect.asVoid(nursery(body));
 * await assert.rejects(run(checkNurseryLike(mute), { clock }), /answers/);
 * ```
 *
 * @param make Runs a body with something that starts children.
 * @param options A name for messages.
 * @returns An Effect that ends when every law was tried.
 * @throws {TypeError} If `make` is no function.
 */
export function checkNurseryLike(
  make: NurseryLike,
  options: CheckNurseryLikeOptions = {},
): Effect.Effect<void> {
  checkMaker(make, "a nursery");
  const name = options.name ?? "nursery";
  return Effect.gen(function* () {
    for (const { sentence, check } of NURSERY_LIKE_LAWS) {
      const broken = (cause: unknown) =>
        Effect.die(
          new Error(`Cannot use ${name} as a nursery: ${sentence}`, { cause }),
        );
      const checked = yield* unlessLate(check(make), PATIENCE_MS).pipe(
        Effect.catchDefect(broken),
      );
      if (Option.isNone(checked)) {
        yield* broken(new Error("it does not end"));
      }
    }
  });
}
