import * as Exit from "npm:effect@^4.1.0/Exit";
import type { Granted } from "../core/checkpoint.ts";
import { leakWatch } from "../core/leak_port.ts";
import { type Ending, remainsOf } from "./_ending.ts";
import { type Item, type Outlet, Receiver } from "./_outlet.ts";
import type { WaitHandle } from "./_wait_queue.ts";
import { ChannelClosed, type EndOfChannel, ReceiverLagged } from "./errors.ts";

/** How a receive can fail. */
export type ReceiveFailure<E> = E | EndOfChannel | ChannelClosed;

/**
 * One receive handle on an outlet, as everything sees it that receives: a
 * `receive`, a `select`, a loop.
 */
export class Intake<T, E> implements WaitHandle {
  waiting = 0;
  isClosed = false;

  constructor(readonly outlet: Outlet<T>, readonly ending: Ending<E>) {
    leakWatch?.made(() => remainsOf(ending.label, outlet.receivers.size));
  }

  /** Receives now or not at all. */
  attempt(
    party: object | undefined,
  ): ReceiveGrant<T, E> | undefined {
    if (this.isClosed) return { result: this.refusal("closed") };
    const item = this.outlet.take(party);
    if (item !== undefined) return this.grant(item);
    return this.outlet.isEnded ? { result: this.refusal("ended") } : undefined;
  }

  /** What whoever was handed `item` gets to see. */
  grant(item: Item<T>): ReceiveGrant<T, E> {
    return {
      result: item.missed === 0 ? Exit.succeed(item.value) : this.#lagged(item),
      lost: () => this.outlet.giveBack(item),
    };
  }

  refusal(why: "closed" | "ended"): Exit.Exit<never, ReceiveFailure<E>> {
    return why === "ended"
      ? this.ending.exit
      : Exit.fail(new ChannelClosed("receive from", this.ending.label));
  }

  /** Queues up; answers how to leave. */
  wait(receiver: Receiver<T>): () => "aborted" {
    this.outlet.receivers.push(receiver);
    return () => {
      this.outlet.receivers.remove(receiver);
      return "aborted";
    };
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.outlet.closeHandle(this);
  }

  /** Only a broadcast whose `E` is `ReceiverLagged` has gaps. */
  #lagged(item: Item<T>): Exit.Exit<never, ReceiveFailure<E>> {
    const error = new ReceiverLagged(this.ending.label, item.missed);
    return Exit.fail(error as ReceiveFailure<E>);
  }
}

/** What a receive got. */
export interface ReceiveGrant<T, E> extends Granted<T, ReceiveFailure<E>> {
  readonly result: Exit.Exit<T, ReceiveFailure<E>>;
}

/** Ends a {@linkcode ReceiveWait}. */
export type ReceiveSettle<T, E> = (
  exit: Exit.Exit<T, ReceiveFailure<E>>,
  lost?: () => void,
) => unknown;

/** A wait for one value. */
export class ReceiveWait<T, E> extends Receiver<T> {
  readonly #intake: Intake<T, E>;
  readonly #settle: ReceiveSettle<T, E>;

  /**
   * @param settle Called once with what it gets; must only mark and queue.
   */
  constructor(
    intake: Intake<T, E>,
    party: object | undefined,
    settle: ReceiveSettle<T, E>,
  ) {
    super(intake, party);
    this.#intake = intake;
    this.#settle = settle;
  }

  receive(item: Item<T>): void {
    const { result, lost } = this.#intake.grant(item);
    this.#settle(result, lost);
  }

  refuse(why: "closed" | "ended"): void {
    this.#settle(this.#intake.refusal(why));
  }
}
