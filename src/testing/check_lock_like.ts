import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Option from "npm:effect@^4.1.0/Option";
import { moveOnAfter } from "../core/timeouts.ts";
import { checkMaker } from "./_check_maker.ts";
import { LOCK_LIKE_LAWS } from "./_lock_like_laws.ts";
import type { LockLike } from "./lock_like.ts";

/** How long one law may take, on the clock of the run. */
const PATIENCE_MS = 10_000;

/** Options for {@linkcode checkLockLike}. */
export interface CheckLockLikeOptions {
  /** How a breach calls what is checked; `"lock"` by default. */
  readonly name?: string;
}

/**
 * Checks that something keeps the promises of a lock: exclusion, first come
 * first served, checkpoints where it waits and none where it does not, and
 * nothing lost and nothing doubled by a cancellation at any step.
 *
 * Every law is tried on locks of its own, as {@linkcode checkLockLike} makes
 * them; a law that has not ended after ten seconds on the clock of the run is
 * broken too: somebody waits for what was lost. On a virtual clock that jumps
 * that takes no time.
 *
 * - **Cancellation:** ends the check.
 * - **Failure:** a breach is a defect: an `Error` that names the law, with what
 *   was found as its cause.
 *
 * @example Check a semaphore with one permit
 * ```ts
 * import { run, Semaphore } from "espalier";
 * import { checkLockLike, VirtualClock } from "espalier/testing";
 * import assert from "node:assert/strict";
 *
 * const clock = new VirtualClock({ autojump: true });
 * const check = (permits: number) =>
 *   run(checkLockLike(() => new Semaphore(permits)), { clock });
 * await check(1);
 * await assert.rejects(check(2), /one task at a time is inside/);
 * ```
 *
 * @param make Makes a lock that nobody has.
 * @param options A name for messages.
 * @returns An Effect that ends when every law was tried.
 * @throws {TypeError} If `make` is no function.
 */
export function checkLockLike(
  make: () => LockLike,
  options: CheckLockLikeOptions = {},
): Effect.Effect<void> {
  checkMaker(make, "a lock");
  const name = options.name ?? "lock";
  return Effect.gen(function* () {
    for (const { sentence, check } of LOCK_LIKE_LAWS) {
      const broken = (cause: unknown) =>
        Effect.die(
          new Error(`Cannot use ${name} as a lock: ${sentence}`, { cause }),
        );
      const checked = yield* moveOnAfter(PATIENCE_MS, check(make)).pipe(
        Effect.catchDefect(broken),
      );
      if (Option.isNone(checked)) {
        yield* broken(new Error("somebody waits for ever"));
      }
    }
  });
}
