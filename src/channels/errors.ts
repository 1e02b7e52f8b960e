import { ConcurrencyError } from "../core/errors.ts";

/**
 * Raised by an operation on a handle that has been closed.
 *
 * Nothing was sent or received. The other clones of the handle are as they
 * were. Where a clone is closed while somebody waits on it, the wait ends with
 * this. Give each user a handle of its own, by `clone()`.
 *
 * @example Send after the end
 * ```ts
 * import { ChannelClosed, openMemoryChannel, run } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * const [send] = openMemoryChannel<string>(1, { name: "jobs" });
 * send.close();
 * const error = await run(Effect.flip(send.send("late")));
 * assert(error instanceof ChannelClosed);
 * assert.equal(error.message, 'Cannot send to channel "jobs": it is closed');
 * ```
 */
export class ChannelClosed extends ConcurrencyError {
  /** Discriminates this error. */
  readonly _tag = "ChannelClosed";
  /** Shown in stack traces. */
  override readonly name = "ChannelClosed";

  /**
   * Builds the error.
   *
   * @param verb What was tried, as in `send to`.
   * @param channel On what, as in `channel "jobs"`.
   */
  constructor(readonly verb: string, readonly channel: string) {
    super(`Cannot ${verb} ${channel}: it is closed`);
  }
}

/**
 * Raised by a send that nobody can receive any more: the last receive handle
 * has been closed.
 *
 * The value was not sent. What lay in the buffer was discarded. Stop sending, and
 * look for why the receivers ended: most often one of them failed.
 *
 * @example Send when everybody has left
 * ```ts
 * import { ChannelBroken, openMemoryChannel, run } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * const [send, receive] = openMemoryChannel<string>(1);
 * receive.close();
 * const error = await run(Effect.flip(send.send("anybody?")));
 * assert(error instanceof ChannelBroken);
 * ```
 */
export class ChannelBroken extends ConcurrencyError {
  /** Discriminates this error. */
  readonly _tag = "ChannelBroken";
  /** Shown in stack traces. */
  override readonly name = "ChannelBroken";

  /**
   * Builds the error.
   *
   * @param verb What was tried, as in `send to`.
   * @param channel On what, as in `channel "jobs"`.
   */
  constructor(readonly verb: string, readonly channel: string) {
    super(`Cannot ${verb} ${channel}: no receiver is left`);
  }
}

/**
 * What a receive answers after the last value: the senders have closed, and
 * everything that was sent has been received.
 *
 * It is the clean end of a channel and not a mistake; `forEach` ends quietly
 * with it.
 *
 * @example Read to the end
 * ```ts
 * import { EndOfChannel, openMemoryChannel, run } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * const [send, receive] = openMemoryChannel<string>(1);
 * send.trySend("last");
 * send.close();
 * assert.equal(await run(receive.receive), "last");
 * assert(await run(Effect.flip(receive.receive)) instanceof EndOfChannel);
 * ```
 */
export class EndOfChannel extends ConcurrencyError {
  /** Discriminates this error. */
  readonly _tag = "EndOfChannel";
  /** Shown in stack traces. */
  override readonly name = "EndOfChannel";

  /**
   * Builds the error.
   *
   * @param channel Of what, as in `channel "jobs"`.
   */
  constructor(readonly channel: string) {
    super(`Cannot receive from ${channel}: it has ended`);
  }
}

/**
 * What a receiver of a broadcast with `onSlow: "fail"` is told in place of the
 * values that it was too slow for.
 *
 * It comes at the place of the gap: after the values that were kept for it, and
 * before those that were sent when it had room again. It is told once for each
 * gap; the receiver may go on.
 *
 * @example Miss two of three
 * ```ts
 * import { openBroadcast, ReceiverLagged, run } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * const { sender, subscribe } = openBroadcast<number>({
 *   capacity: 1,
 *   onSlow: "fail",
 * });
 * const slow = subscribe();
 * for (const price of [10, 11, 12]) sender.trySend(price);
 * assert.equal(await run(slow.receive), 10);
 * const error = await run(Effect.flip(slow.receive));
 * assert(error instanceof ReceiverLagged);
 * assert.equal(error.missed, 2);
 * ```
 */
export class ReceiverLagged extends ConcurrencyError {
  /** Discriminates this error. */
  readonly _tag = "ReceiverLagged";
  /** Shown in stack traces. */
  override readonly name = "ReceiverLagged";

  /**
   * Builds the error.
   *
   * @param channel On what, as in `broadcast "prices"`.
   * @param missed How many values were sent and not kept for this receiver.
   */
  constructor(readonly channel: string, readonly missed: number) {
    super(
      `Cannot receive from ${channel}: the receiver was too slow and missed ` +
        `${missed} ${missed === 1 ? "value" : "values"}`,
    );
  }
}
