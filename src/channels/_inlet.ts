import { Link, LinkedList } from "./_linked_list.ts";
import { Waiter, type WaitHandle, WaitQueue } from "./_wait_queue.ts";
import { type Feed, Item, type OnFull, Outlet } from "./_outlet.ts";
import type { ChannelStatistics } from "./channel.ts";

/** Why a sender gets no further. */
export type SendRefusal = "closed" | "broken";

/** Somebody who waits for room. */
export abstract class Sender<T> extends Waiter {
  /**
   * There is room: it has left the queue, and sends what it has by `put`. Must
   * only mark and queue.
   */
  abstract admit(put: (value: T) => Item<T>): void;
  /** It has left the queue and does not send; must only mark and queue. */
  abstract refuse(why: SendRefusal): void;
}

/** Somebody who wants to know of room and does not queue up for it. */
export class RoomWatch extends Link {
  /**
   * @param handle The handle that it would send on.
   * @param lowWater How many values an outlet may hold at most.
   * @param tell Called when it has been taken out; may send and close.
   */
  constructor(
    readonly handle: object,
    readonly lowWater: number,
    readonly tell: (news: "room" | SendRefusal) => void,
  ) {
    super();
  }
}

/** What an inlet is the beginning of. */
export interface InletOptions {
  readonly capacity: number;
  readonly onFull: OnFull;
  /** Is a channel without outlets broken? A broadcast goes on. */
  readonly breaks: boolean;
}

/**
 * Where values go in: into every outlet, as soon as each has room; and the
 * queue of those who wait for that. Knows nothing of tasks and time.
 *
 * Invariant: while somebody waits to send, there is no room, except for a party
 * that would have to meet itself.
 */
export class Inlet<T> implements Feed {
  readonly senders: WaitQueue<Sender<T>> = new WaitQueue();
  openHandles = 1;
  /** Nothing may be sent any more. */
  isEnded = false;
  readonly #outlets: Outlet<T>[] = [];
  readonly #watches: LinkedList<RoomWatch> = new LinkedList();
  #peak = 0;

  constructor(readonly options: InletOptions) {}

  get isAwaited(): boolean {
    return this.senders.size > 0 || this.#watches.size > 0;
  }

  /** Is nobody left who could receive? */
  get isBroken(): boolean {
    return this.options.breaks && this.#outlets.length === 0;
  }

  /** Opens an outlet that gets what is sent from now on. */
  attach(): Outlet<T> {
    const { capacity, onFull } = this.options;
    const outlet = new Outlet<T>(capacity, onFull, this);
    if (this.isEnded) outlet.end();
    else this.#outlets.push(outlet);
    return outlet;
  }

  /** Sends now or not at all. */
  offer(value: T, party: object | undefined): Item<T> | undefined {
    return this.hasRoom(party) ? this.put(value, party) : undefined;
  }

  /** Could a value be sent now? */
  hasRoom(party: object | undefined): boolean {
    for (const outlet of this.#outlets) {
      if (!outlet.hasRoom(party)) return false;
    }
    return true;
  }

  /** Is there room, and no outlet that holds more than `lowWater`? */
  isRoomy(lowWater: number): boolean {
    return this.hasRoom(undefined) &&
      this.#outlets.every(({ buffered }) => buffered <= lowWater);
  }

  /** Tells `watch` once; answers how to leave. */
  watch(watch: RoomWatch): () => void {
    this.#watches.push(watch);
    return () => void this.#watches.remove(watch);
  }

  /** Sends, where there is room. */
  put(value: T, party: object | undefined): Item<T> {
    let item: Item<T> | undefined;
    for (const outlet of this.#outlets) item = outlet.accept(value, party);
    return item ?? new Item(value, -1);
  }

  /**
   * Takes back what was sent, if it still lies in the buffer; not what went to
   * many, of which one may have it already.
   */
  retract(item: Item<T>): void {
    if (this.options.breaks) this.#outlets[0]?.retract(item);
  }

  roomMade(): void {
    let sender = this.senders.first;
    while (sender !== undefined) {
      const { party } = sender;
      if (this.hasRoom(party)) {
        this.senders.remove(sender);
        sender.admit((value) => this.put(value, party));
        // Order: a party that has decided has left the queue in other places.
        sender = this.senders.first;
      } else if (party === undefined) {
        return;
      } else {
        sender = this.senders.after(sender);
      }
    }
    if (this.#watches.size > 0) this.#tellOfRoom();
  }

  abandoned(outlet: Outlet<unknown>): void {
    const at = this.#outlets.indexOf(outlet as Outlet<T>);
    // One that was opened after the end has never been among them.
    if (at >= 0) {
      this.#outlets.splice(at, 1);
      this.#peak = Math.max(this.#peak, outlet.peak);
    }
    if (this.isBroken) this.#refuseAll("broken");
    else this.roomMade();
  }

  /** Closes one handle; with the last one the channel ends. */
  closeHandle(handle: WaitHandle): void {
    this.openHandles--;
    for (const sender of this.senders.leaving(handle)) sender.refuse("closed");
    this.#tell("closed", (watch) => watch.handle === handle);
    if (this.openHandles === 0) this.end();
  }

  /** Nothing may be sent any more; what was sent can still be received. */
  end(): void {
    this.isEnded = true;
    this.#refuseAll("closed");
    for (const outlet of this.#outlets) outlet.end();
  }

  /** As an outlet's, over all of them: the fullest one counts. */
  statistics(): ChannelStatistics {
    let buffered = 0;
    let peak = this.#peak;
    let openReceiveHandles = 0;
    let waitingReceivers = 0;
    for (const outlet of this.#outlets) {
      buffered = Math.max(buffered, outlet.buffered);
      peak = Math.max(peak, outlet.peak);
      openReceiveHandles += outlet.openHandles;
      waitingReceivers += outlet.receivers.size;
    }
    return Object.freeze({
      buffered,
      peak,
      capacity: this.options.capacity,
      openSendHandles: this.openHandles,
      openReceiveHandles,
      waitingSenders: this.senders.size,
      waitingReceivers,
    });
  }

  #refuseAll(why: SendRefusal): void {
    for (
      let sender = this.senders.shift();
      sender !== undefined;
      sender = this.senders.shift()
    ) sender.refuse(why);
    this.#tell(why, () => true);
  }

  #tellOfRoom(): void {
    this.#tell("room", ({ lowWater }) => this.isRoomy(lowWater));
  }

  /** Each may change what the next one would be told: asked one by one. */
  #tell(
    news: "room" | SendRefusal,
    concerns: (watch: RoomWatch) => boolean,
  ): void {
    for (const watch of [...this.#watches]) {
      if (concerns(watch) && this.#watches.remove(watch)) watch.tell(news);
    }
  }
}
