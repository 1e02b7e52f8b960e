import type * as Effect from "effect/Effect";
import type * as Result from "effect/Result";
import type * as Stream from "effect/Stream";
import type { ErrorOf, Result as Body, ServicesOf, WouldBlock } from "espalier";
import {
  type ChannelBroken,
  type ChannelClosed,
  type ChannelStatistics,
  type EndOfChannel,
  openMemoryChannel,
  type ReceiveChannel,
  type SendChannel,
} from "espalier/channels";

type SendFailure = ChannelClosed | ChannelBroken;
type ReceiveFailure = EndOfChannel | ChannelClosed;

/** A send handle that leaves everything to another one. */
export class WrappedSend implements SendChannel<number> {
  constructor(protected readonly inner: SendChannel<number>) {}

  send(value: number): Effect.Effect<void, SendFailure> {
    return this.inner.send(value);
  }

  trySend(value: number): Result.Result<void, WouldBlock | SendFailure> {
    return this.inner.trySend(value);
  }

  clone(): SendChannel<number> {
    return this.again(this.inner.clone());
  }

  close(): void {
    this.inner.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  statistics(): ChannelStatistics {
    return this.inner.statistics();
  }

  /** The same wrapper around another handle. */
  protected again(inner: SendChannel<number>): SendChannel<number> {
    return Reflect.construct(this.constructor, [inner]);
  }
}

/** A receive handle that leaves everything to another one. */
export class WrappedReceive implements ReceiveChannel<number> {
  constructor(protected readonly inner: ReceiveChannel<number>) {}

  get receive(): Effect.Effect<number, ReceiveFailure> {
    return this.inner.receive;
  }

  tryReceive(): Result.Result<number, WouldBlock | ReceiveFailure> {
    return this.inner.tryReceive();
  }

  clone(): ReceiveChannel<number> {
    return this.again(this.inner.clone());
  }

  close(): void {
    this.inner.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  statistics(): ChannelStatistics {
    return this.inner.statistics();
  }

  forEach<X extends Body>(
    body: (value: number, signal: AbortSignal) => X,
  ): Effect.Effect<void, ErrorOf<X> | ChannelClosed, ServicesOf<X>> {
    return this.inner.forEach(body);
  }

  toStream(): Stream.Stream<number, ChannelClosed> {
    return this.inner.toStream();
  }

  toAsyncIterable(): AsyncIterable<number> {
    return this.inner.toAsyncIterable();
  }

  /** The same wrapper around another handle. */
  protected again(inner: ReceiveChannel<number>): ReceiveChannel<number> {
    return Reflect.construct(this.constructor, [inner]);
  }
}

/** A memory channel whose halves are wrapped. */
export function wrapped(
  Send: typeof WrappedSend = WrappedSend,
  Receive: typeof WrappedReceive = WrappedReceive,
): (
  capacity: number,
) => readonly [SendChannel<number>, ReceiveChannel<number>] {
  return (capacity) => {
    const [send, receive] = openMemoryChannel<number>(capacity);
    return [new Send(send), new Receive(receive)];
  };
}
