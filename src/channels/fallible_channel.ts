import * as Cause from "npm:effect@^4.1.0/Cause";
import type * as Effect from "npm:effect@^4.1.0/Effect";
import * as Exit from "npm:effect@^4.1.0/Exit";
import { attemptOrWait } from "../core/checkpoint.ts";
import { checkCapacity } from "./_capacity.ts";
import { Ending, labelOf } from "./_ending.ts";
import { Inlet, Sender, type SendRefusal } from "./_inlet.ts";
import { Intake } from "./_intake.ts";
import { ReceiveHandle } from "./_receive_handle.ts";
import {
  type SendFailure,
  SendHandle,
  type SendSettle,
} from "./_send_handle.ts";
import type { ReceiveChannel, SendChannel } from "./channel.ts";
import type { ChannelBroken, ChannelClosed } from "./errors.ts";
import type { MemoryChannelOptions } from "./memory_channel.ts";

/**
 * The end of a channel whose producer can fail, and wants to know when it is
 * asked for something.
 *
 * @example Hand a failure over to whoever receives
 * ```ts
 * import { type FallibleSendChannel, openFallibleChannel, run } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * const [send, receive] = openFallibleChannel<string, "disk full">(1);
 * const producer: FallibleSendChannel<string, "disk full"> = send;
 * producer.trySend("first page");
 * producer.fail("disk full");
 * assert.equal(await run(receive.receive), "first page");
 * assert.equal(await run(Effect.flip(receive.receive)), "disk full");
 * ```
 *
 * @typeParam T What it carries.
 * @typeParam E How its producer can fail.
 */
export interface FallibleSendChannel<in T, in E> extends SendChannel<T> {
  /**
   * Waits until a send would not have to wait: until there is room in the
   * buffer, or, at capacity 0, until somebody waits to receive. Another sender
   * may come first.
   *
   * - **Cancellation:** a checkpoint that leaves no trace.
   * - **Failure:** as for `send`.
   */
  readonly ready: Effect.Effect<void, ChannelClosed | ChannelBroken>;
  /**
   * Ends the channel with a failure, for all of its senders: what was sent is
   * still received, then every receive fails with it. A channel that has ended
   * stays as it is.
   *
   * @param error The failure.
   */
  fail(error: E): void;
  /**
   * Ends the channel as `fail` does, with a whole cause.
   *
   * @param cause The cause; not only interruptions.
   */
  failCause(cause: Cause.Cause<E>): void;
  /**
   * Opens another handle on the same end.
   *
   * @returns The other handle, to be closed on its own.
   * @throws {ChannelClosed} If this handle is closed.
   */
  clone(): FallibleSendChannel<T, E>;
}

/**
 * Opens a channel as `openMemoryChannel` does, whose producer can fail.
 *
 * It is what sources are made of: a task that reads from somewhere, sends what
 * it reads, and hands over what goes wrong.
 *
 * - **Order:** a failure comes after the values that were sent before it.
 * - **Cancellation:** as for `openMemoryChannel`.
 * - **Failure:** every receive after the last value fails with the failure.
 * - **Backpressure:** as for `openMemoryChannel`; a producer that waits for
 *   `ready` does not begin what nobody has asked for.
 *
 * @example Produce on demand
 * ```ts
 * import { nursery, openFallibleChannel, run } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * let produced = 0;
 * const taken = nursery(function* (n) {
 *   const [send, receive] = openFallibleChannel<number, never>(0);
 *   const producer = n.startSoon(Effect.forever(Effect.gen(function* () {
 *     yield* send.ready;
 *     yield* send.send(++produced);
 *   })).pipe(Effect.orDie));
 *   const first = yield* Effect.orDie(receive.receive);
 *   producer.cancel();
 *   return first;
 * });
 * assert.equal(await run(taken), 1);
 * assert.equal(produced, 1);
 * ```
 *
 * @typeParam T What it carries.
 * @typeParam E How its producer can fail.
 * @param capacity How many values are kept: an integer of at least 0, or
 * `Infinity`.
 * @param options A name.
 * @returns The send end and the receive end.
 * @throws {RangeError} If `capacity` is anything else.
 */
export function openFallibleChannel<T, E>(
  capacity: number,
  options: MemoryChannelOptions = {},
): readonly [FallibleSendChannel<T, E>, ReceiveChannel<T, E>] {
  checkCapacity(capacity, "open a channel");
  const ending = new Ending<E>(labelOf("channel", options.name));
  const inlet = new Inlet<T>({ capacity, onFull: "wait", breaks: true });
  const intake = new Intake(inlet.attach(), ending);
  return [new FallibleSendHandle(inlet, ending), new ReceiveHandle(intake)];
}

class FallibleSendHandle<T, E> extends SendHandle<T>
  implements FallibleSendChannel<T, E> {
  readonly ready: Effect.Effect<void, SendFailure>;
  readonly #ending: Ending<E>;

  constructor(inlet: Inlet<T>, ending: Ending<E>) {
    super(inlet, ending.label);
    this.#ending = ending;
    this.ready = attemptOrWait<void, SendFailure>(
      { label: `wait for room in ${ending.label}` },
      () => {
        const why = this.refused();
        if (why !== undefined) return { result: Exit.fail(this.failure(why)) };
        return inlet.hasRoom(undefined) ? { result: Exit.void } : undefined;
      },
      (settle) => this.wait(new ReadyWait(this, settle)),
    );
  }

  override clone(): FallibleSendHandle<T, E> {
    return new FallibleSendHandle(this.cloned(), this.#ending);
  }

  fail(error: E): void {
    this.failCause(Cause.fail(error));
  }

  failCause(cause: Cause.Cause<E>): void {
    if (this.inlet.isEnded) return;
    this.#ending.failure = cause;
    this.inlet.end();
  }
}

/** A wait for room that does not use it. */
class ReadyWait<T> extends Sender<T> {
  readonly #handle: SendHandle<T>;
  readonly #settle: SendSettle;

  constructor(handle: SendHandle<T>, settle: SendSettle) {
    super(handle, undefined);
    this.#handle = handle;
    this.#settle = settle;
  }

  admit(): void {
    this.#settle(Exit.void);
  }

  refuse(why: SendRefusal): void {
    this.#settle(Exit.fail(this.#handle.failure(why)));
  }
}
