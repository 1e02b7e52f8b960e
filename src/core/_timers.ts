import { LONGEST_MS, type TimeSource } from "./_time_source.ts";

/** Something that is due at a moment. */
export interface Timer {
  /**
   * When, in milliseconds on the clock of its heap. Must not change once it was
   * armed: the heap may hold it for a while after it was disarmed.
   */
  readonly dueAt: number;
  /** Whether it is waiting in a heap; owned by the heap. */
  armed: boolean;
  /** Its place among those due at the same moment; owned by the heap. */
  turn: number;
  /** Whether a clock that jumps must stop here; false for mere watchdogs. */
  readonly isEvent: boolean;
  /** Called once when due; must only mark and queue. */
  fire(): void;
}

/**
 * All timers of one clock in one binary heap, behind one alarm.
 *
 * Disarming only marks: a marked timer is dropped when it comes to the top, or
 * when more than three of four are marked.
 */
export class TimerHeap {
  readonly now: () => number;
  readonly #source: TimeSource;
  readonly #keepsAlarm: boolean;
  #heap: Timer[] = [];
  #live = 0;
  #turns = 0;
  #events = 0;
  #holders = 0;
  #callOff: (() => void) | undefined = undefined;
  #alarmAt = Infinity;
  #setAt = 0;

  /**
   * @param source The clock.
   * @param keepsAlarm Whether to leave the alarm set while somebody holds the
   * heap: setting an alarm costs more than letting one ring for nothing.
   */
  constructor(source: TimeSource, keepsAlarm: boolean) {
    this.#source = source;
    this.#keepsAlarm = keepsAlarm;
    this.now = source.now;
  }

  /** Keeps the process alive, on the live clock, until `release`. */
  hold(): void {
    if (++this.#holders === 1 && this.#keepsAlarm) this.#setAlarm();
  }

  release(): void {
    if (--this.#holders === 0 && this.#live === 0) this.#clear();
  }

  arm(timer: Timer): void {
    timer.armed = true;
    timer.turn = this.#turns++;
    this.#live++;
    if (timer.isEvent) this.#events++;
    this.#heap.push(timer);
    this.#siftUp(this.#heap.length - 1);
    if (timer.dueAt < this.#alarmAt) this.#setAlarm();
    else if (!this.#keepsAlarm && timer.isEvent && this.#events === 1) {
      this.#setAlarm();
    }
  }

  disarm(timer: Timer): void {
    timer.armed = false;
    this.#live--;
    if (timer.isEvent) this.#events--;
    // The last one of a heap leaves a heap: so most scopes leave nothing behind.
    const heap = this.#heap;
    if (heap[heap.length - 1] === timer) heap.pop();
    if (this.#live === 0) {
      if (heap.length > 0) heap.length = 0;
      if (!this.#holdsProcess()) this.#clear();
    } else if (!this.#keepsAlarm && timer.isEvent && this.#events === 0) {
      this.#setAlarm();
    } else if (this.#heap.length > 64 && this.#heap.length > 4 * this.#live) {
      this.#compact();
    }
  }

  /** Fires every timer that is due. */
  readonly expire = (): void => {
    if (this.#live > 0) this.#expireUntil(this.now());
  };

  #expireUntil(now: number): void {
    for (let top = this.#heap[0]; top !== undefined; top = this.#heap[0]) {
      if (top.armed && top.dueAt > now) break;
      this.#pop();
      if (!top.armed) continue;
      top.armed = false;
      this.#live--;
      if (top.isEvent) this.#events--;
      top.fire();
    }
  }

  readonly #ring = (): void => {
    const promised = this.#alarmAt;
    this.#callOff = undefined;
    this.#alarmAt = Infinity;
    // An alarm is believed even where `now` lags behind it, as under a faked
    // `setTimeout`; only one that had to be cut short is not.
    this.#expireUntil(Math.max(this.now(), this.#rangAt(promised)));
    if (this.#live > 0 || this.#holdsProcess()) this.#setAlarm();
  };

  #rangAt(promised: number): number {
    return promised - this.#setAt >= LONGEST_MS ? -Infinity : promised;
  }

  #holdsProcess(): boolean {
    return this.#keepsAlarm && this.#holders > 0;
  }

  #setAlarm(): void {
    let top = this.#heap[0];
    while (top !== undefined && !top.armed) {
      this.#pop();
      top = this.#heap[0];
    }
    const dueAt = top?.dueAt ?? Infinity;
    if (dueAt === Infinity && !this.#holdsProcess()) return this.#clear();
    this.#callOff?.();
    this.#alarmAt = dueAt;
    this.#setAt = this.now();
    this.#callOff = this.#source.alarm(dueAt, this.#ring, this.#events > 0);
  }

  #clear(): void {
    this.#callOff?.();
    this.#callOff = undefined;
    this.#alarmAt = Infinity;
  }

  #compact(): void {
    const armed = this.#heap.filter((timer) => timer.armed);
    // A sorted array is a heap.
    this.#heap = armed.sort((a, b) => isSooner(a, b) ? -1 : 1);
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length > 0) {
      heap[0] = last;
      this.#siftDown();
    }
  }

  #siftUp(start: number): void {
    const heap = this.#heap;
    const timer = heap[start]!;
    let at = start;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (isSooner(heap[above]!, timer)) break;
      heap[at] = heap[above]!;
      at = above;
    }
    heap[at] = timer;
  }

  #siftDown(): void {
    const heap = this.#heap;
    const timer = heap[0]!;
    let at = 0;
    for (let below = 1; below < heap.length; below = 2 * at + 1) {
      const right = below + 1;
      if (right < heap.length && isSooner(heap[right]!, heap[below]!)) {
        below = right;
      }
      if (isSooner(timer, heap[below]!)) break;
      heap[at] = heap[below]!;
      at = below;
    }
    heap[at] = timer;
  }
}

function isSooner(a: Timer, b: Timer): boolean {
  return a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.turn < b.turn);
}
