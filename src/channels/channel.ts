import type * as Effect from "npm:effect@^4.1.0/Effect";
import type * as Result from "npm:effect@^4.1.0/Result";
import type * as Stream from "npm:effect@^4.1.0/Stream";
import type {
  ErrorOf,
  Result as BodyResult,
  ServicesOf,
} from "../core/body.ts";
import type { WouldBlock } from "../core/room_errors.ts";
import type { ChannelBroken, ChannelClosed, EndOfChannel } from "./errors.ts";

/**
 * A look at a channel: what it holds, who holds it, who waits.
 *
 * @example A sender that does not let the buffer fill up
 * ```ts
 * import { type ChannelStatistics, openMemoryChannel } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const [send] = openMemoryChannel<number>(4);
 * send.trySend(1);
 * const now: ChannelStatistics = send.statistics();
 * assert.equal(now.buffered, 1);
 * assert.equal(now.capacity - now.buffered, 3);
 * ```
 */
export interface ChannelStatistics {
  /** How many values lie in the buffer. */
  readonly buffered: number;
  /** The most that ever lay there. */
  readonly peak: number;
  /** How many values the buffer has room for. */
  readonly capacity: number;
  /** How many send handles are open, clones included. */
  readonly openSendHandles: number;
  /** How many receive handles are open, clones included. */
  readonly openReceiveHandles: number;
  /** How many tasks wait to send. */
  readonly waitingSenders: number;
  /** How many tasks wait to receive. */
  readonly waitingReceivers: number;
}

/**
 * The end of a channel that values go into.
 *
 * Clones share the channel: it ends for its receivers when the last clone is
 * closed. A handle belongs to no run and to no task, and is not closed when it
 * is forgotten: `using` closes it.
 *
 * @example Close by leaving the block
 * ```ts
 * import { openMemoryChannel, run, type SendChannel } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const [send, receive] = openMemoryChannel<number>(2);
 * function* produce(to: SendChannel<number>) {
 *   using sender = to;
 *   yield* sender.send(1);
 *   yield* sender.send(2);
 * }
 * await run(() => produce(send));
 * assert.equal(receive.statistics().openSendHandles, 0);
 * assert.equal(receive.statistics().buffered, 2);
 * ```
 *
 * @typeParam T What it carries.
 */
export interface SendChannel<in T> {
  /**
   * Hands a value to the receiver that waits longest, or puts it into the
   * buffer, or waits until one of the two can be done.
   *
   * - **Order:** values are received in the order in which they were sent; who
   *   waits to send is served first come, first served.
   * - **Cancellation:** a checkpoint. A send that is cancelled has not sent. The
   *   one exception is Effect's own interruption (`Effect.timeout`,
   *   `Fiber.interrupt`) in the very turn in which a receiver took the value.
   * - **Failure:** `ChannelClosed` where this handle is closed, otherwise
   *   `ChannelBroken` where no receiver is left.
   *
   * @param value The value.
   * @returns Waits until it is sent.
   */
  send(value: T): Effect.Effect<void, ChannelClosed | ChannelBroken>;
  /**
   * Sends now or not at all.
   *
   * @param value The value.
   * @returns `WouldBlock` where `send` would have had to wait.
   */
  trySend(
    value: T,
  ): Result.Result<void, WouldBlock | ChannelClosed | ChannelBroken>;
  /**
   * Opens another handle on the same end.
   *
   * @returns The other handle, to be closed on its own.
   * @throws {ChannelClosed} If this handle is closed.
   */
  clone(): SendChannel<T>;
  /**
   * Closes this handle; with the last one the channel ends. Closing twice is
   * fine. Whoever waits to send on this handle fails with `ChannelClosed`.
   */
  close(): void;
  /**
   * Looks at the channel.
   *
   * @returns A frozen snapshot, the same from both ends.
   */
  statistics(): ChannelStatistics;
  /** Closes this handle. */
  [Symbol.dispose](): void;
}

/**
 * The end of a channel that values come out of.
 *
 * Clones share what is sent: each value goes to one of them. When the last
 * clone is closed, what lies in the buffer is discarded and senders fail with
 * `ChannelBroken`. A handle belongs to no run and to no task, and is not closed
 * when it is forgotten: `using` closes it.
 *
 * @example Two workers share the work
 * ```ts
 * import {
 *   type ChannelClosed,
 *   type Nursery,
 *   nursery,
 *   openMemoryChannel,
 *   type ReceiveChannel,
 *   run,
 * } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const done: number[] = [];
 * function* work(jobs: ReceiveChannel<number>) {
 *   using mine = jobs;
 *   yield* mine.forEach(async (job) => void done.push(job));
 * }
 * await run(nursery(function* (n: Nursery<ChannelClosed>) {
 *   const [send, receive] = openMemoryChannel<number>(0);
 *   const other = receive.clone();
 *   n.startSoon(() => work(receive));
 *   n.startSoon(() => work(other));
 *   for (const job of [1, 2, 3]) yield* send.send(job);
 *   send.close();
 * }));
 * assert.deepEqual(done.sort(), [1, 2, 3]);
 * ```
 *
 * @typeParam T What it carries.
 * @typeParam E How its producer can fail, where it can.
 */
export interface ReceiveChannel<out T, out E = never> {
  /**
   * Takes the next value, or waits for one.
   *
   * - **Order:** values come in the order in which they were sent; who waits to
   *   receive is served first come, first served.
   * - **Cancellation:** a checkpoint. A receive that is cancelled has taken
   *   nothing; a value that was handed over in the same step is kept.
   * - **Failure:** `ChannelClosed` where this handle is closed; after the last
   *   value `EndOfChannel`, or the failure of the producer.
   */
  readonly receive: Effect.Effect<T, E | EndOfChannel | ChannelClosed>;
  /**
   * Receives now or not at all.
   *
   * @returns `WouldBlock` where `receive` would have had to wait.
   */
  tryReceive(): Result.Result<
    T,
    E | WouldBlock | EndOfChannel | ChannelClosed
  >;
  /**
   * Opens another handle on the same end.
   *
   * @returns The other handle, to be closed on its own.
   * @throws {ChannelClosed} If this handle is closed.
   */
  clone(): ReceiveChannel<T, E>;
  /**
   * Closes this handle. Closing twice is fine. Whoever waits to receive on this
   * handle fails with `ChannelClosed`.
   */
  close(): void;
  /** Closes this handle. */
  [Symbol.dispose](): void;
  /**
   * Looks at the channel.
   *
   * @returns A frozen snapshot, the same from both ends.
   */
  statistics(): ChannelStatistics;
  /**
   * Runs `body` on every value, one after the other, up to the end of the
   * channel. It does not close the handle.
   *
   * - **Cancellation:** each value, and the end, is a checkpoint. No value is
   *   taken that `body` is not given.
   * - **Failure:** that of `body`, that of the producer, or `ChannelClosed`.
   * - **Backpressure:** the next value is taken when `body` has ended.
   *
   * @param body Handed the value, then a signal.
   * @returns Waits for the end.
   * @throws {TypeError} If `body` is none.
   */
  forEach<X extends BodyResult>(
    body: (value: T, signal: AbortSignal) => X,
  ): Effect.Effect<void, E | ErrorOf<X> | ChannelClosed, ServicesOf<X>>;
  /**
   * The values as a `Stream` of Effect, which ends with the channel. It does not
   * close the handle.
   *
   * @returns A stream that takes one value each time it is asked for one.
   */
  toStream(): Stream.Stream<T, E | ChannelClosed>;
  /**
   * The values for `for await`. Leaving the loop early closes the handle.
   *
   * Where it is called inside a task, a loop that waits ends with the
   * cancellation of the scope around the call, as its `signal` would end it.
   * Called in host code, as after an `await`, it knows of no scope: only
   * `close()` ends the wait.
   *
   * @returns An iterable that takes one value for each `next()`, and none ahead.
   */
  toAsyncIterable(): AsyncIterable<T>;
}
