import { Ending, labelOf } from "./_ending.ts";
import { Inlet } from "./_inlet.ts";
import { Intake } from "./_intake.ts";
import { ReceiveHandle } from "./_receive_handle.ts";
import type { ReceiveChannel } from "./channel.ts";
import { ChannelClosed } from "./errors.ts";
import type { MemoryChannelOptions } from "./memory_channel.ts";

/**
 * A value that changes, and can be watched.
 *
 * @example Set it like any other property
 * ```ts
 * import { openWatch, type Watch } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const volume: Watch<number> = openWatch(3);
 * volume.value += 1;
 * assert.equal(volume.value, 4);
 * ```
 *
 * @typeParam T The type of the value.
 */
export interface Watch<T> {
  /**
   * The latest value. Setting it tells every subscriber, also where it is equal
   * to the one before; setting it after `close()` throws `ChannelClosed`.
   */
  value: T;
  /**
   * Opens an end that answers the current value first, and then only newer ones.
   *
   * - **Cancellation:** its `receive` is a checkpoint; a value that it has not
   *   answered is still unseen.
   *
   * @returns The end, to be closed when it is not wanted any more.
   */
  subscribe(): ReceiveChannel<T>;
  /** Ends the subscriptions, each after a value that it has not seen. */
  close(): void;
  /** The same as `close()`. */
  [Symbol.dispose](): void;
}

/**
 * Opens a value whose subscribers see the latest state of it, not every state.
 *
 * - **Order:** a subscriber never sees an older value after a newer one.
 * - **Cancellation:** waiting for a newer value is a checkpoint.
 * - **Backpressure:** none: who is slow misses what was there in between.
 *
 * @example Follow the configuration
 * ```ts
 * import { openWatch, run } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const level = openWatch("info");
 * const follower = level.subscribe();
 * assert.equal(await run(follower.receive), "info");
 * level.value = "debug";
 * level.value = "error";
 * level.close();
 * const rest: string[] = [];
 * await run(follower.forEach(async (value) => void rest.push(value)));
 * assert.deepEqual(rest, ["error"]);
 * ```
 *
 * @typeParam T The type of the value.
 * @param initial What it is at first.
 * @param options A name.
 * @returns The value, and how to subscribe.
 */
export function openWatch<T>(
  initial: T,
  options: MemoryChannelOptions = {},
): Watch<T> {
  return new WatchedValue(initial, labelOf("watch", options.name));
}

class WatchedValue<T> implements Watch<T> {
  readonly #ending: Ending<never>;
  // A subscriber that has not seen a value when the next one comes misses it.
  readonly #inlet = new Inlet<T>({
    capacity: 1,
    onFull: "keepLatest",
    breaks: false,
  });
  #value: T;

  constructor(initial: T, label: string) {
    this.#value = initial;
    this.#ending = new Ending(label);
  }

  get value(): T {
    return this.#value;
  }

  set value(value: T) {
    if (this.#inlet.isEnded) {
      throw new ChannelClosed("set the value of", this.#ending.label);
    }
    this.#value = value;
    this.#inlet.put(value, undefined);
  }

  subscribe(): ReceiveChannel<T> {
    const outlet = this.#inlet.attach();
    outlet.accept(this.#value, undefined);
    return new ReceiveHandle(new Intake(outlet, this.#ending));
  }

  close(): void {
    if (this.#inlet.isEnded) return;
    this.#inlet.openHandles = 0;
    this.#inlet.end();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
