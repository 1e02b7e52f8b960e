import { Link, LinkedList } from "./_linked_list.ts";
import { Waiter, type WaitHandle, WaitQueue } from "./_wait_queue.ts";
import type { ChannelStatistics } from "./channel.ts";

/** A value on its way: waiting in a buffer, or handed to a receiver. */
export class Item<T> extends Link {
  /** How many values it stands for that were not kept; 0 for a value. */
  missed = 0;

  constructor(readonly value: T, readonly index: number) {
    super();
  }
}

/** Somebody who waits for a value. */
export abstract class Receiver<T> extends Waiter {
  /** It has left the queue and is given this; must only mark and queue. */
  abstract receive(item: Item<T>): void;
  /** It has left the queue and gets nothing; must only mark and queue. */
  abstract refuse(why: "closed" | "ended"): void;
}

/** Where an outlet gets its values from. */
export interface Feed {
  readonly openHandles: number;
  readonly senders: { readonly size: number };
  /** Does anybody want to know of room? */
  readonly isAwaited: boolean;
  /** Lets senders go on for whom there is room now. */
  roomMade(): void;
  /** The last handle of an outlet has been closed. */
  abandoned(outlet: Outlet<unknown>): void;
}

/**
 * What a full outlet does with one more value. `"keepLatest"` is `"dropOldest"`
 * where an older value is worth nothing once there is a newer one.
 */
export type OnFull =
  | "wait"
  | "dropOldest"
  | "dropNewest"
  | "fail"
  | "keepLatest";

/**
 * Where values come out: the buffer, and the queue of those who wait for it to
 * have something. Knows nothing of tasks and time.
 *
 * ```
 * accept ──a receiver waits──▶ handed over ──lost──▶ giveBack
 *   └─────room──▶ items ──take──▶ handed over
 *                   └──retract──▶ gone
 * ```
 *
 * Invariant: whoever waits to receive finds no item; items leave in the order
 * of their index, those that were given back included.
 */
export class Outlet<T> {
  readonly items: LinkedList<Item<T>> = new LinkedList();
  readonly receivers: WaitQueue<Receiver<T>> = new WaitQueue();
  openHandles = 1;
  /** No value will come any more. */
  isEnded = false;
  peak = 0;
  #gaps = 0;
  #nextIndex = 0;

  constructor(
    readonly capacity: number,
    readonly onFull: OnFull,
    readonly feed: Feed,
  ) {}

  get buffered(): number {
    return this.items.size - this.#gaps;
  }

  /** Would a value of `party` be kept for, or go to, somebody else? */
  hasRoom(party: object | undefined): boolean {
    return this.onFull !== "wait" || this.buffered < this.capacity ||
      this.#receiverFor(party) !== undefined;
  }

  /**
   * Hands a value to the receiver that waits longest, or keeps it. Answers the
   * item, or nothing where the value was dropped.
   */
  accept(value: T, party: object | undefined): Item<T> | undefined {
    const receiver = this.#receiverFor(party);
    if (receiver !== undefined) {
      const item = new Item(value, this.#nextIndex++);
      this.receivers.remove(receiver);
      receiver.receive(item);
      return item;
    }
    if (this.buffered >= this.capacity && !this.#makeRoom()) return undefined;
    const item = new Item(value, this.#nextIndex++);
    this.items.push(item);
    this.#notePeak();
    return item;
  }

  /** Takes the oldest item, of the buffer or of a sender that waits. */
  take(party: object | undefined): Item<T> | undefined {
    const item = this.items.shift();
    if (item === undefined) return this.#pull(party);
    if (item.missed > 0) this.#gaps--;
    this.feed.roomMade();
    return item;
  }

  /** Takes back what was handed over and has not arrived. */
  giveBack(item: Item<T>): void {
    if (this.openHandles === 0) return;
    const receiver = this.receivers.first;
    if (receiver !== undefined) {
      this.receivers.remove(receiver);
      receiver.receive(item);
      return;
    }
    if (this.#isOutdated(item)) return;
    let next = this.items.first;
    while (next !== undefined && next.index < item.index) {
      next = this.items.after(next);
    }
    this.items.insertBefore(next, item);
    if (item.missed > 0) this.#gaps++;
    this.#notePeak();
  }

  /** Takes out an item that is not wanted to be sent any more, if it is there. */
  retract(item: Item<T>): void {
    if (this.items.remove(item)) this.feed.roomMade();
  }

  /** Closes one handle; the last one discards what is left. */
  closeHandle(handle: WaitHandle): void {
    this.openHandles--;
    for (const receiver of this.receivers.leaving(handle)) {
      receiver.refuse("closed");
    }
    if (this.openHandles > 0) return;
    this.items.clear();
    this.#gaps = 0;
    this.feed.abandoned(this);
  }

  /** No value will come any more; what is there can still be taken. */
  end(): void {
    this.isEnded = true;
    for (
      let receiver = this.receivers.shift();
      receiver !== undefined;
      receiver = this.receivers.shift()
    ) receiver.refuse("ended");
  }

  statistics(): ChannelStatistics {
    return Object.freeze({
      buffered: this.buffered,
      peak: this.peak,
      capacity: this.capacity,
      openSendHandles: this.feed.openHandles,
      openReceiveHandles: this.openHandles,
      waitingSenders: this.feed.senders.size,
      waitingReceivers: this.receivers.size,
    });
  }

  /** Lets a sender that waits hand its value over, as to one who waits. */
  #pull(party: object | undefined): Item<T> | undefined {
    if (!this.feed.isAwaited) return undefined;
    const probe = new Probe<T>({ waiting: 0 }, party);
    this.receivers.push(probe);
    this.feed.roomMade();
    this.receivers.remove(probe);
    return probe.item;
  }

  #receiverFor(party: object | undefined): Receiver<T> | undefined {
    let receiver = this.receivers.first;
    if (party === undefined) return receiver;
    while (receiver?.party === party) receiver = this.receivers.after(receiver);
    return receiver;
  }

  /** Answers whether a full buffer keeps one more value. */
  #makeRoom(): boolean {
    switch (this.onFull) {
      case "wait":
        // Only a broadcast of capacity 0 comes here: the receiver that was the
        // room has taken another offer of the same turn. Nothing may be lost.
        return true;
      case "dropOldest":
      case "keepLatest":
        this.items.shift();
        return this.capacity > 0;
      case "dropNewest":
        return false;
      case "fail":
        this.#miss();
        return false;
    }
  }

  /** Would an item have been dropped by now, had it stayed? */
  #isOutdated(item: Item<T>): boolean {
    switch (this.onFull) {
      case "dropOldest":
        return this.buffered >= this.capacity;
      case "keepLatest":
        return item.index < this.#nextIndex - 1;
      default:
        return false;
    }
  }

  /** Notes that a value was not kept, behind all that was. */
  #miss(): void {
    let gap = this.items.last;
    if (gap === undefined || gap.missed === 0) {
      gap = new Item<T>(undefined as T, this.#nextIndex++);
      this.items.push(gap);
      this.#gaps++;
    }
    gap.missed++;
  }

  #notePeak(): void {
    this.peak = Math.max(this.peak, this.buffered);
  }
}

/** Stands in the queue for the length of one attempt. */
class Probe<T> extends Receiver<T> {
  item: Item<T> | undefined = undefined;

  receive(item: Item<T>): void {
    this.item = item;
  }

  refuse(): void {}
}
