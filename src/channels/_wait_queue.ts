import { Link, LinkedList } from "./_linked_list.ts";

/** What is known of a handle to those who keep a queue. */
export interface WaitHandle {
  /** How many wait on it; owned by the queue. */
  waiting: number;
}

/** Somebody who waits on a handle. */
export abstract class Waiter extends Link {
  /**
   * @param handle The handle that it waits on.
   * @param party What it is only a part of: a party does not meet itself.
   */
  constructor(
    readonly handle: WaitHandle,
    readonly party: object | undefined,
  ) {
    super();
  }
}

/**
 * Those who wait, on whatever handle, first come first: counts for each handle
 * how many they are, so that one on which nobody waits is closed without a look
 * at those who wait on others.
 */
export class WaitQueue<W extends Waiter> extends LinkedList<W> {
  override insertBefore(next: W | undefined, waiter: W): void {
    super.insertBefore(next, waiter);
    waiter.handle.waiting++;
  }

  override remove(waiter: W): boolean {
    if (!super.remove(waiter)) return false;
    waiter.handle.waiting--;
    return true;
  }

  /** Takes out whoever waits on `handle`, one by one, in order. */
  *leaving(handle: WaitHandle): Generator<W> {
    let waiter = this.first;
    while (handle.waiting > 0 && waiter !== undefined) {
      const next = this.after(waiter);
      if (waiter.handle === handle) {
        this.remove(waiter);
        yield waiter;
        // Who waited as a part of something has left in other places as well.
        waiter = next?.list === this ? next : this.first;
      } else waiter = next;
    }
  }
}
