// Who is alive, in memory that every thread sees. A lock writes down who holds
// it; a thread that was killed cannot let go, and this table tells the others.
//
// This file is bundled into the worker: it imports nothing of ours.

/** The number that the loop goes by: it never dies while others run. */
export const LOOP_ID = -1;

const SLOTS = 1024, DEATHS = 0, NEWEST = 1, FIRST = 16;

/** The workers of a process and whether each still runs. */
export class Liveness {
  /** The memory of the table. */
  readonly memory: SharedArrayBuffer;
  readonly #words: Int32Array;

  /** Opens the table in `memory`, or a new one. */
  constructor(
    memory: SharedArrayBuffer = new SharedArrayBuffer((FIRST + SLOTS) * 4),
  ) {
    this.memory = memory;
    this.#words = new Int32Array(memory);
  }

  /** Counts the workers that have died. */
  get deaths(): number {
    return Atomics.load(this.#words, DEATHS);
  }

  /** Whether the worker `id` may still run code. */
  isAlive(id: number): boolean {
    return id === LOOP_ID || Atomics.load(this.#words, slotOf(id)) === id;
  }

  /**
   * Enters a new worker and answers its number. Only the loop does this.
   *
   * @throws {RangeError} If 1024 workers are alive.
   */
  admit(): number {
    for (let tries = 0; tries < SLOTS; tries++) {
      const id = Atomics.add(this.#words, NEWEST, 1) + 1;
      if (Atomics.load(this.#words, slotOf(id)) !== 0) continue;
      Atomics.store(this.#words, slotOf(id), id);
      return id;
    }
    throw new RangeError(`Cannot start a worker: ${SLOTS} are running`);
  }

  /** Notes that the worker `id` runs no more. Only the loop does this. */
  bury(id: number): void {
    const slot = slotOf(id);
    if (Atomics.compareExchange(this.#words, slot, id, 0) !== id) return;
    Atomics.add(this.#words, DEATHS, 1);
  }
}

function slotOf(id: number): number {
  return FIRST + (id & (SLOTS - 1));
}
