import { inWords } from "../core/in_words.ts";
import { RoomWatch, type SendRefusal } from "./_inlet.ts";
import { SendHandle } from "./_send_handle.ts";
import type { SendChannel } from "./channel.ts";

/** What there is to tell about the room in a channel. */
export type RoomNews = "room" | SendRefusal;

/**
 * Tells a listener, once, that a channel has room and holds at most `lowWater`
 * values, or that nothing can be sent to it any more.
 *
 * For a sender that is no task: what a worker or a port delivers comes without
 * one, and one task for each wait would cost more than the values. It is told
 * in the very step in which a value is taken, so that it can fill the channel up
 * again before the receiver goes on; where it is so already, before this
 * returns. A low-water mark lets it come with many values at once.
 *
 * - **Order:** whoever waits in `send` is served first. Somebody else may have
 *   come in between: a `trySend` can still be refused, and the wait begins
 *   anew.
 * - **Failure:** `"closed"` and `"broken"` tell why, as `ChannelClosed` and
 *   `ChannelBroken` do.
 * - **Cost:** one object; no task, no turn, no promise.
 *
 * @param channel A send handle; closing it ends the wait.
 * @param lowWater How many values may lie in the channel at most: at least 0.
 * @param listener Called once; it may call plain methods, may not throw, and
 * runs on the stack of whoever took the value.
 * @returns Ends the wait; may be called at any time.
 * @throws {TypeError} If `channel` is no channel of Espalier.
 * @throws {RangeError} If `lowWater` is negative or NaN.
 */
export function whenRoom<T>(
  channel: SendChannel<T>,
  lowWater: number,
  listener: (news: RoomNews) => void,
): () => void {
  if (!(channel instanceof SendHandle)) {
    throw new TypeError(
      "Cannot wait for room: it is no channel of Espalier: received " +
        inWords(channel),
    );
  }
  if (!(lowWater >= 0)) {
    throw new RangeError(
      "Cannot wait for room: the low-water mark must be at least 0: received " +
        String(lowWater),
    );
  }
  const { inlet } = channel;
  const refusal = channel.refused();
  if (refusal !== undefined) listener(refusal);
  else if (inlet.isRoomy(lowWater)) listener("room");
  else return inlet.watch(new RoomWatch(channel, lowWater, listener));
  return () => {};
}
