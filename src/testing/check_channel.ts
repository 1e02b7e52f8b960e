import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Option from "npm:effect@^4.1.0/Option";
import type { ReceiveChannel, SendChannel } from "../channels/channel.ts";
import { moveOnAfter } from "../core/timeouts.ts";
import { checkMaker } from "./_check_maker.ts";
import { CHANNEL_LAWS } from "./_channel_laws.ts";

/** How long one law may take, on the clock of the run. */
const PATIENCE_MS = 10_000;

/** Options for {@linkcode checkChannel}. */
export interface CheckChannelOptions {
  /** How a breach calls what is checked; `"channel"` by default. */
  readonly name?: string;
}

/**
 * Checks that something keeps the promises of a memory channel: one order for
 * everybody, first come first served, checkpoints where it waits and none where
 * it does not, the clean end and the broken one, and nothing lost and nothing
 * doubled by a cancellation at any step.
 *
 * Every law is tried on channels of its own; one that has not ended after ten
 * seconds on the clock of the run is broken too: somebody waits for what was
 * lost. On a virtual clock that jumps that takes no time.
 *
 * - **Cancellation:** ends the check.
 * - **Failure:** a breach is a defect: an `Error` that names the law, with what
 *   was found as its cause.
 *
 * @example Check the channels of this library
 * ```ts
 * import { openMemoryChannel, run } from "espalier";
 * import { checkChannel, VirtualClock } from "espalier/testing";
 * import assert from "node:assert/strict";
 *
 * const clock = new VirtualClock({ autojump: true });
 * await run(checkChannel((capacity) => openMemoryChannel(capacity)), { clock });
 *
 * const alwaysBig = checkChannel(() => openMemoryChannel(100));
 * await assert.rejects(run(alwaysBig, { clock }), /do what need not wait/);
 * ```
 *
 * @param make Opens a channel that keeps so many values.
 * @param options A name for messages.
 * @returns An Effect that ends when every law was tried.
 * @throws {TypeError} If `make` is no function.
 */
export function checkChannel(
  make: (
    capacity: number,
  ) => readonly [SendChannel<number>, ReceiveChannel<number>],
  options: CheckChannelOptions = {},
): Effect.Effect<void> {
  checkMaker(make, "a channel");
  const name = options.name ?? "channel";
  return Effect.gen(function* () {
    for (const { sentence, check } of CHANNEL_LAWS) {
      const broken = (cause: unknown) =>
        Effect.die(
          new Error(`Cannot use ${name} as a channel: ${sentence}`, { cause }),
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
