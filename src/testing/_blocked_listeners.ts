/** Who waits for every task to be blocked. */
export interface BlockedListener {
  readonly cushion: number;
  blocked(): void;
}

/** All who do so in one simulation. */
export class BlockedListeners {
  readonly #listeners = new Set<BlockedListener>();

  /** Calls `listener` when nothing is ready; answers how to call it off. */
  add(listener: BlockedListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls those with the shortest cushion (R72); answers whether there were any. */
  tell(): boolean {
    const listeners = [...this.#listeners];
    const shortest = Math.min(...listeners.map(({ cushion }) => cushion));
    for (const listener of listeners) {
      if (listener.cushion !== shortest) continue;
      this.#listeners.delete(listener);
      listener.blocked();
    }
    return listeners.length > 0;
  }
}
