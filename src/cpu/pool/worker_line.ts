import type { Liveness } from "../shared/liveness.ts";
import type { Isolate, Substrate } from "../substrate/substrate.ts";
import {
  HostLink,
  type LinkMemory,
  type LinkUser,
} from "../transport/host_link.ts";
import type { RingStore } from "./ring_store.ts";

/** What a thread is started with. */
export interface LineSetting {
  readonly substrate: Substrate;
  readonly liveness: Liveness;
  readonly memoryLimit: number | undefined;
  readonly rings: RingStore;
}

/** A thread, and the rings and the port that lead to it. */
export interface WorkerLine {
  /** The number of the thread in the table of who is alive. */
  readonly thread: number;
  readonly isolate: Isolate;
  readonly link: HostLink;
  /** What the link is made of. */
  readonly memory: LinkMemory;
}

/** Who is at the loop's end of a line. */
export interface LineUser extends LinkUser {
  /** The thread has started. */
  onReady(): void;
}

/**
 * Starts a thread and opens the line to it.
 *
 * @throws What the platform throws where it cannot.
 */
export function openLine(setting: LineSetting, user: LineUser): WorkerLine {
  const { liveness, memoryLimit, rings, substrate } = setting;
  const thread = liveness.admit();
  const memory = rings.take();
  try {
    const isolate = substrate.start({
      id: thread,
      memory,
      liveness: liveness.memory,
      ...(memoryLimit === undefined ? {} : { memoryLimit }),
      onMessage: (message) => {
        if ("parcel" in message) link.arrive(message);
        else if (message.say === "ready") user.onReady();
      },
    });
    const link = new HostLink(
      memory,
      (parcel, transfer) => isolate.post(parcel, transfer),
      user,
    );
    link.open();
    return { thread, isolate, link, memory };
  } catch (error) {
    liveness.bury(thread);
    throw error;
  }
}
