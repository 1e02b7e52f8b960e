import type { Note } from "./_made.ts";
import { isOpen } from "./_thread_leaks.ts";

/** Watches the ports of message channels; answers how to stop. */
export function watchPorts(note: Note): () => void {
  const RealChannel = globalThis.MessageChannel;
  class WatchedChannel extends RealChannel {
    static override readonly name = "MessageChannel";

    constructor() {
      super();
      const { port1, port2 } = this;
      // Closing one end closes both; an end that was transferred is not ours.
      note({
        remains: () => isOpen(port1) || isOpen(port2) ? "port" : undefined,
        end: () => {
          port1.close();
          port2.close();
        },
      });
    }
  }
  globalThis.MessageChannel = WatchedChannel;
  return () => {
    if (globalThis.MessageChannel === WatchedChannel) {
      globalThis.MessageChannel = RealChannel;
    }
  };
}
