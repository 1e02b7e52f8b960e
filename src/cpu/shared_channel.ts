import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Exit from "npm:effect@^4.1.0/Exit";
import { ChannelClosed, EndOfChannel } from "../channels/errors.ts";
import { isPlainData } from "../wire/plain_data.ts";
import { inspectSendable } from "../wire/sendable.ts";
import { NotSerializable, type Poisoned } from "./errors.ts";
import {
  type ChannelAttempt,
  ChannelMemory,
  channelMemory,
} from "./shared/channel_memory.ts";
import type { SharedHandle } from "./shared/handle.ts";
import {
  handleOf,
  type LoopAttempt,
  loopHolder,
  poisoned,
  waitShared,
} from "./shared/loop_wait.ts";
import { processLiveness } from "./shared/process_liveness.ts";

const NAME = "SharedChannel";

/**
 * A bounded channel between the loop and workers, in shared memory. Given to a
 * task as an argument it arrives there as the same channel.
 *
 * - **Order:** first in, first out.
 * - **Failure:** where a thread was stopped with the channel in its hands, which
 *   takes it some microseconds, every use fails with `Poisoned`.
 * - **Backpressure:** a send waits while it is full.
 *
 * @example A queue of words for a worker
 * ```ts
 * import { cpuScope, inline, SharedChannel } from "espalier/cpu";
 * import type { SharedChannel as Twin } from "espalier/cpu/worker";
 * import { run } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const join = inline((words: Twin<string>) =>
 *   `${words.receive()} ${words.receive()}`
 * );
 * const words = new SharedChannel<string>(4);
 * const joined = await run(cpuScope(function* (cpu) {
 *   const future = cpu.submit(join, words);
 *   yield* words.send("hello");
 *   yield* words.send("worker");
 *   return yield* future;
 * }));
 * assert.equal(joined, "hello worker");
 * ```
 *
 * @typeParam T What it carries.
 */
export class SharedChannel<T> {
  /** Marks the type of an item. */
  declare readonly _T: T;
  /** What crosses to a worker. */
  readonly $espalierShared: SharedHandle;
  readonly #memory: ChannelMemory;

  /**
   * Makes a channel.
   *
   * @param capacity How many items it holds before a sender waits; at 0 a send
   * ends when its item was received.
   * @throws {RangeError} If that is not an integer of at least 0.
   */
  constructor(capacity: number) {
    if (!Number.isSafeInteger(capacity) || capacity < 0) {
      throw new RangeError(
        `Cannot make a SharedChannel: its capacity must be an integer of at least 0: received ${capacity}`,
      );
    }
    const memory = channelMemory(capacity);
    this.#memory = new ChannelMemory(memory, processLiveness());
    this.$espalierShared = handleOf("channel", NAME, memory);
  }

  /**
   * Waits for space and puts an item in.
   *
   * - **Cancellation:** a checkpoint. A send that is cancelled has not sent; at
   *   capacity 0, an item that was on offer by then stays so.
   * - **Failure:** `ChannelClosed`, `Poisoned`; the defect `NotSerializable` for
   *   what cannot cross, or is too large.
   *
   * @param value The item.
   * @returns Waits until it is sent.
   */
  send(value: T): Effect.Effect<void, Poisoned | ChannelClosed> {
    return Effect.suspend(() => {
      checkItem(value);
      const sent = this.#move(
        () => this.#memory.send(loopHolder(), value),
        () => Exit.void,
        () => new ChannelClosed("send to", NAME),
      );
      if (this.#memory.capacity > 0) return sent;
      return Effect.flatMap(sent, () => this.#untilReceived());
    });
  }

  /**
   * Waits for an item and takes it out.
   *
   * - **Cancellation:** a checkpoint; a receive that is cancelled took nothing.
   * - **Failure:** `EndOfChannel` once it is closed and empty; `Poisoned`.
   */
  get receive(): Effect.Effect<T, Poisoned | EndOfChannel | ChannelClosed> {
    return this.#move(
      () => this.#memory.receive(loopHolder()),
      () => Exit.succeed(this.#memory.takeValue() as T),
      () => new EndOfChannel(NAME),
    );
  }

  /** Lets no more items in; those inside still come out. */
  close(): void {
    this.#memory.close();
  }

  #move<A, E>(
    attempt: () => ChannelAttempt,
    done: () => Exit.Exit<A>,
    closed: () => E,
  ): Effect.Effect<A, E | Poisoned> {
    return waitShared<A, E | Poisoned>(NAME, (): LoopAttempt<
      A,
      E | Poisoned
    > => {
      switch (attempt()) {
        case "done":
          return { result: done() };
        case "closed":
          return { result: Exit.fail(closed()) };
        case "poisoned":
          return { result: poisoned(NAME, this.#memory.poisonedBy) };
        case "tooLarge":
          return {
            result: Exit.die(
              new NotSerializable("value", `too large for a ${NAME}`),
            ),
          };
        case "wait":
          return this.#memory.waitPoint;
      }
    });
  }

  #untilReceived(): Effect.Effect<void, Poisoned> {
    const item = this.#memory.newest;
    return waitShared<void, Poisoned>(
      `the receipt of an item of ${NAME}`,
      () => {
        const by = this.#memory.poisonedBy;
        if (by !== undefined) return { result: poisoned(NAME, by) };
        return this.#memory.isReceived(item)
          ? { result: Exit.void }
          : this.#memory.waitPoint;
      },
    );
  }
}

function checkItem(value: unknown): void {
  if (isPlainData(value)) return;
  const { unsendable, shared } = inspectSendable(value, "value");
  if (unsendable) throw new NotSerializable(unsendable.path, unsendable.kind);
  if (shared) throw new NotSerializable("value", "a shared primitive");
}
