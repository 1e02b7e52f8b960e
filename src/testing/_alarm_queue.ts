/** Something to be called at a moment. */
export interface Alarm {
  readonly dueAt: number;
  /** False for what is no reason for a clock to jump. */
  readonly isEvent: boolean;
  readonly ring: () => void;
  /** Its place among those due at the same moment. */
  readonly turn: number;
  isOff: boolean;
}

/**
 * Alarms in the order in which they are due; those due together in the order in
 * which they were set. A binary heap; what is called off leaves it when its
 * time comes.
 */
export class AlarmQueue {
  #heap: Alarm[] = [];
  #turns = 0;
  #live = 0;
  #events = 0;

  /** How many are set. */
  get size(): number {
    return this.#live;
  }

  /** Is there an alarm that a clock may jump to? */
  get hasEvents(): boolean {
    return this.#events > 0;
  }

  add(dueAt: number, ring: () => void, isEvent: boolean): Alarm {
    const alarm = { dueAt, ring, isEvent, turn: this.#turns++, isOff: false };
    this.#live++;
    if (isEvent) this.#events++;
    this.#heap.push(alarm);
    this.#siftUp(this.#heap.length - 1);
    return alarm;
  }

  callOff(alarm: Alarm): void {
    if (alarm.isOff) return;
    this.#forget(alarm);
    if (this.#heap.length > 64 && this.#heap.length > 4 * this.#live) {
      // A sorted array is a heap.
      this.#heap = this.#heap.filter(({ isOff }) => !isOff).sort(inOrder);
    }
  }

  /** The moment of the next alarm that a clock may jump to. */
  nextEvent(): number {
    if (this.#events === 0) return Infinity;
    this.#dropOff();
    // Nothing where all that is set has been taken out and rings just now.
    const top = this.#heap[0];
    if (top?.isEvent) return top.dueAt;
    let next = Infinity;
    for (const { isEvent, isOff, dueAt } of this.#heap) {
      if (isEvent && !isOff && dueAt < next) next = dueAt;
    }
    return next;
  }

  /** Takes out everything that is due, in order. */
  takeDue(now: number): Alarm[] {
    const due: Alarm[] = [];
    for (;;) {
      this.#dropOff();
      const top = this.#heap[0];
      if (top === undefined || top.dueAt > now) return due;
      this.#pop();
      due.push(top);
    }
  }

  /** Rings an alarm that was taken out, unless it was called off meanwhile. */
  ring(alarm: Alarm): void {
    if (alarm.isOff) return;
    this.#forget(alarm);
    alarm.ring();
  }

  #forget(alarm: Alarm): void {
    alarm.isOff = true;
    this.#live--;
    if (alarm.isEvent) this.#events--;
  }

  #dropOff(): void {
    while (this.#heap[0]?.isOff) this.#pop();
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    heap[0] = last;
    let at = 0;
    for (let below = 1; below < heap.length; below = 2 * at + 1) {
      const right = below + 1;
      if (right < heap.length && inOrder(heap[right]!, heap[below]!) < 0) {
        below = right;
      }
      if (inOrder(last, heap[below]!) < 0) break;
      heap[at] = heap[below]!;
      at = below;
    }
    heap[at] = last;
  }

  #siftUp(start: number): void {
    const heap = this.#heap;
    const alarm = heap[start]!;
    let at = start;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (inOrder(heap[above]!, alarm) < 0) break;
      heap[at] = heap[above]!;
      at = above;
    }
    heap[at] = alarm;
  }
}

function inOrder(a: Alarm, b: Alarm): number {
  return a.dueAt - b.dueAt || a.turn - b.turn;
}
