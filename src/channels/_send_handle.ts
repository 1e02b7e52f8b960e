import type * as Effect from "npm:effect@^4.1.0/Effect";
import * as Exit from "npm:effect@^4.1.0/Exit";
import * as Result from "npm:effect@^4.1.0/Result";
import { attemptOrWait, type Granted } from "../core/checkpoint.ts";
import { leakWatch } from "../core/leak_port.ts";
import { WouldBlock } from "../core/room_errors.ts";
import { remainsOf } from "./_ending.ts";
import { type Inlet, Sender, type SendRefusal } from "./_inlet.ts";
import type { Item } from "./_outlet.ts";
import type { ChannelStatistics, SendChannel } from "./channel.ts";
import type { WaitHandle } from "./_wait_queue.ts";
import { ChannelBroken, ChannelClosed } from "./errors.ts";

/** How a send can fail. */
export type SendFailure = ChannelClosed | ChannelBroken;

/** A send handle on an inlet of whatever kind. */
export class SendHandle<T> implements SendChannel<T>, WaitHandle {
  waiting = 0;
  #isClosed = false;

  /**
   * @param label As in `channel "jobs"`.
   */
  constructor(readonly inlet: Inlet<T>, readonly label: string) {
    leakWatch?.made(() => remainsOf(label, inlet.senders.size));
  }

  send(value: T): Effect.Effect<void, SendFailure> {
    return attemptOrWait<void, SendFailure>(
      { label: `send to ${this.label}` },
      () => this.attempt(value, undefined),
      (settle) => this.wait(new SendWait(this, undefined, value, settle)),
    );
  }

  trySend(value: T): Result.Result<void, SendFailure | WouldBlock> {
    const why = this.refused();
    if (why !== undefined) return Result.fail(this.failure(why));
    return this.inlet.offer(value, undefined) === undefined
      ? Result.fail(new WouldBlock("send to", this.label))
      : Result.void;
  }

  clone(): SendHandle<T> {
    return new SendHandle(this.cloned(), this.label);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.inlet.closeHandle(this);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  statistics(): ChannelStatistics {
    return this.inlet.statistics();
  }

  /** The inlet, for one more handle on it. */
  protected cloned(): Inlet<T> {
    if (this.refused() === "closed") {
      throw new ChannelClosed("clone a send handle of", this.label);
    }
    this.inlet.openHandles++;
    return this.inlet;
  }

  /** Sends now or not at all. */
  attempt(
    value: T,
    party: object | undefined,
  ): SendGrant | undefined {
    const why = this.refused();
    if (why !== undefined) return { result: Exit.fail(this.failure(why)) };
    const item = this.inlet.offer(value, party);
    return item === undefined ? undefined : this.sent(item);
  }

  /** What whoever sent `item` gets to see. */
  sent(item: Item<T>): SendGrant {
    return { result: Exit.void, lost: () => this.inlet.retract(item) };
  }

  failure(why: SendRefusal): SendFailure {
    return why === "closed"
      ? new ChannelClosed("send to", this.label)
      : new ChannelBroken("send to", this.label);
  }

  /** Queues up; answers how to leave. */
  wait(sender: Sender<T>): () => "aborted" {
    this.inlet.senders.push(sender);
    return () => {
      this.inlet.senders.remove(sender);
      return "aborted";
    };
  }

  /** Why nothing can be sent here; one's own close outranks that of others. */
  refused(): SendRefusal | undefined {
    if (this.#isClosed || this.inlet.isEnded) return "closed";
    return this.inlet.isBroken ? "broken" : undefined;
  }
}

/** How a send went. */
export interface SendGrant extends Granted<void, SendFailure> {
  readonly result: Exit.Exit<void, SendFailure>;
}

/** Ends a {@linkcode SendWait}. */
export type SendSettle = (
  exit: Exit.Exit<void, SendFailure>,
  lost?: () => void,
) => unknown;

/** A wait to send one value. */
export class SendWait<T> extends Sender<T> {
  readonly #handle: SendHandle<T>;
  readonly #value: T;
  readonly #settle: SendSettle;

  /**
   * @param settle Called once with how it went; must only mark and queue.
   */
  constructor(
    handle: SendHandle<T>,
    party: object | undefined,
    value: T,
    settle: SendSettle,
  ) {
    super(handle, party);
    this.#handle = handle;
    this.#value = value;
    this.#settle = settle;
  }

  admit(put: (value: T) => Item<T>): void {
    const { lost } = this.#handle.sent(put(this.#value));
    this.#settle(Exit.void, lost);
  }

  refuse(why: SendRefusal): void {
    this.#settle(Exit.fail(this.#handle.failure(why)));
  }
}
