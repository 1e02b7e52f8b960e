import { CONTROL_BYTES } from "../shared/control.ts";
import { type LinkMemory, linkMemory } from "../transport/host_link.ts";

/** How many pairs of rings are kept for the threads to come. */
const MOST = 8;

/**
 * Rings of threads that are gone, for threads to come: shared memory is large,
 * and only a collection of all garbage would give it back.
 */
export class RingStore {
  readonly #spare: LinkMemory[] = [];

  /** The memory for a thread: with words of its own, on rings that may be used. */
  take(): LinkMemory {
    const used = this.#spare.pop();
    if (used === undefined) return linkMemory();
    return { ...used, control: new SharedArrayBuffer(CONTROL_BYTES) };
  }

  /** Takes the memory of a thread back; its isolate is proved to be gone. */
  giveBack(memory: LinkMemory): void {
    if (this.#spare.length < MOST) this.#spare.push(memory);
  }
}
