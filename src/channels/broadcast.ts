import { inWords } from "../core/in_words.ts";
import { checkCapacity } from "./_capacity.ts";
import { Ending, labelOf } from "./_ending.ts";
import { Inlet } from "./_inlet.ts";
import { Intake } from "./_intake.ts";
import { ReceiveHandle } from "./_receive_handle.ts";
import { SendHandle } from "./_send_handle.ts";
import type { ReceiveChannel, SendChannel } from "./channel.ts";
import type { ReceiverLagged } from "./errors.ts";

/** Options for {@linkcode openBroadcast}. */
export interface BroadcastOptions {
  /** How it is called in messages and by those who watch. */
  readonly name?: string;
  /** How many values are kept for each subscriber. */
  readonly capacity: number;
  /**
   * What happens to a value for which a subscriber has no room: the sender waits
   * (the default), the oldest value kept for that subscriber is dropped, the
   * value itself is not kept for it, or the same and it is told so by
   * `ReceiverLagged`.
   */
  readonly onSlow?: "wait" | "dropOldest" | "dropNewest" | "fail";
}

/**
 * A channel on which every subscriber gets every value.
 *
 * @example A subscriber hears what is sent from now on
 * ```ts
 * import { type Broadcast, openBroadcast, run } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const news: Broadcast<string> = openBroadcast({ capacity: 8 });
 * news.sender.trySend("nobody hears this");
 * const listener = news.subscribe();
 * news.sender.trySend("rain");
 * assert.equal(await run(listener.receive), "rain");
 * ```
 *
 * @typeParam T What it carries.
 */
export interface Broadcast<T> {
  /** The end that values go into; clone it for more senders. */
  readonly sender: SendChannel<T>;
  /**
   * Opens an end that gets every value sent from now on. Clones of it share what
   * it gets.
   *
   * @returns The end, to be closed when it is not wanted any more.
   */
  subscribe(): ReceiveChannel<T, ReceiverLagged>;
}

/**
 * Opens a channel on which every subscriber gets every value.
 *
 * Sending without a subscriber succeeds and goes nowhere. The subscriptions end
 * when the last sender is closed, after what was kept for them; one that is
 * opened later has ended already.
 *
 * - **Order:** every subscriber gets the values in the order in which they were
 *   sent.
 * - **Cancellation:** `send` and `receive` are checkpoints. A send that is
 *   cancelled while it waits reached nobody.
 * - **Failure:** `send` does not break when nobody listens. With
 *   `onSlow: "fail"` a slow subscriber fails with `ReceiverLagged` at the place
 *   of the gap, and may go on behind it.
 * - **Backpressure:** with `onSlow: "wait"`, the default, a send waits until
 *   every subscriber has room: at capacity 0, until each of them is receiving.
 *   The other policies never make a sender wait.
 *
 * @example A slow listener hears the latest
 * ```ts
 * import { openBroadcast, run } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const { sender, subscribe } = openBroadcast<number>({
 *   capacity: 1,
 *   onSlow: "dropOldest",
 * });
 * const slow = subscribe();
 * for (const price of [10, 11, 12]) sender.trySend(price);
 * assert.equal(await run(slow.receive), 12);
 * ```
 *
 * @typeParam T What it carries.
 * @param options How much is kept for each subscriber, and what happens to a
 * slow one.
 * @returns The sender, and how to subscribe.
 * @throws {RangeError} If `capacity` is neither an integer of at least 0 nor
 * `Infinity`.
 * @throws {TypeError} If there are no options, or `onSlow` is none of the four.
 */
export function openBroadcast<T>(options: BroadcastOptions): Broadcast<T> {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(
      "Cannot open a broadcast: it takes options with a capacity: received " +
        inWords(options),
    );
  }
  const { capacity, onSlow = "wait" } = options;
  checkCapacity(capacity, "open a broadcast");
  if (!POLICIES.includes(onSlow)) {
    throw new TypeError(
      'Cannot open a broadcast: \'onSlow\' must be "wait", "dropOldest", ' +
        `"dropNewest" or "fail": received ${inWords(onSlow)}`,
    );
  }
  const ending = new Ending<ReceiverLagged>(
    labelOf("broadcast", options.name),
  );
  const inlet = new Inlet<T>({ capacity, onFull: onSlow, breaks: false });
  return {
    sender: new SendHandle(inlet, ending.label),
    subscribe: () => new ReceiveHandle(new Intake(inlet.attach(), ending)),
  };
}

const POLICIES = ["wait", "dropOldest", "dropNewest", "fail"];
