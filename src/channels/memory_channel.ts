import { checkCapacity } from "./_capacity.ts";
import { Ending, labelOf } from "./_ending.ts";
import { Inlet } from "./_inlet.ts";
import { Intake } from "./_intake.ts";
import { ReceiveHandle } from "./_receive_handle.ts";
import { SendHandle } from "./_send_handle.ts";
import type { ReceiveChannel, SendChannel } from "./channel.ts";

/** Options for {@linkcode openMemoryChannel} and its relatives. */
export interface MemoryChannelOptions {
  /** How it is called in messages and by those who watch. */
  readonly name?: string;
}

/**
 * Opens a channel within this process and answers its two ends.
 *
 * Any number of tasks may send and receive, on these handles and on their
 * clones, in any number of runs. The channel ends when the last send handle is
 * closed; it breaks when the last receive handle is.
 *
 * - **Order:** one queue for all: values come out in the order in which they
 *   went in, whoever sends and receives, at capacity 0 as well.
 * - **Fairness:** whoever waits is served first come, first served. A value that
 *   was handed to a receiver belongs to it: nobody takes it away.
 * - **Cancellation:** `send` and `receive` are checkpoints. A cancelled send has
 *   not sent, a cancelled receive has not taken: no value is lost or doubled. A
 *   value that was handed to a receiver which Effect interrupts before it took
 *   it goes back to the front.
 * - **Failure:** closing one's own handle outranks what the other side did.
 * - **Backpressure:** `capacity` values are kept; at 0 a sender waits until a
 *   receiver takes the value from its hand.
 *
 * @example A producer and a consumer
 * ```ts
 * import { type ChannelClosed, type Nursery, nursery, run } from "espalier";
 * import { openMemoryChannel } from "espalier/channels";
 * import assert from "node:assert/strict";
 *
 * const eaten: string[] = [];
 * await run(nursery(function* (n: Nursery<ChannelClosed>) {
 *   const [send, receive] = openMemoryChannel<string>(1, { name: "kitchen" });
 *   n.startSoon(receive.forEach(async (dish) => void eaten.push(dish)));
 *   for (const dish of ["soup", "rice", "figs"]) yield* send.send(dish);
 *   send.close();
 * }));
 * assert.deepEqual(eaten, ["soup", "rice", "figs"]);
 * ```
 *
 * @typeParam T What it carries.
 * @param capacity How many values are kept for receivers to come: an integer of
 * at least 0, or `Infinity`.
 * @param options A name.
 * @returns The send end and the receive end.
 * @throws {RangeError} If `capacity` is anything else.
 */
export function openMemoryChannel<T>(
  capacity: number,
  options: MemoryChannelOptions = {},
): readonly [SendChannel<T>, ReceiveChannel<T>] {
  checkCapacity(capacity, "open a channel");
  const label = labelOf("channel", options.name);
  const inlet = new Inlet<T>({ capacity, onFull: "wait", breaks: true });
  const intake = new Intake(inlet.attach(), new Ending<never>(label));
  return [new SendHandle(inlet, label), new ReceiveHandle(intake)];
}
