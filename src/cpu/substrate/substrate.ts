// What runs tasks: a thread today. The pool knows only this, so that something
// else that can be started, spoken to, stopped and seen dead can stand in.

import type { WireFailure } from "../../wire/flatten_failure.ts";
import type { PortMessage } from "../transport/frame_kinds.ts";
import type { LinkMemory } from "../transport/host_link.ts";
import type { Parcel } from "../transport/frame_ring.ts";

/** Something that starts isolates. */
export interface Substrate {
  /** What it is called. */
  readonly name: string;
  /** Starts one. Blocks the loop for some 20 ms. */
  start(setup: IsolateSetup): Isolate;
}

/** What an isolate is started with. */
export interface IsolateSetup {
  /** Its number in the table of who is alive. */
  readonly id: number;
  readonly memory: LinkMemory;
  /** The table of who is alive. */
  readonly liveness: SharedArrayBuffer;
  /** MiB of heap; by default what this thread may use. */
  readonly memoryLimit?: number;
  /** Called with what it says over the port. */
  readonly onMessage: (message: PortMessage | Parcel) => void;
}

/** Code that runs apart from the loop. */
export interface Isolate {
  /** Says something over the port. */
  post(
    message: PortMessage | Parcel,
    transfer?: readonly Transferable[],
  ): void;
  /**
   * Ends it, whatever it does: asks, then kills, then waits for the proof.
   * Calling it again answers the same.
   */
  stop(): Promise<Ending>;
  /** Settles when it runs no more, however that came: this is the proof. */
  readonly death: Promise<Death>;
  /** Whether it keeps the process alive. */
  keepsAlive: boolean;
  /** Milliseconds of CPU time it has used; the last known where it is gone. */
  cpuTime(): Promise<number>;
}

/** How an isolate that was to stop ended. */
export type Ending = "exited" | "killed" | "leaked";

/** How an isolate came to its end. */
export interface Death {
  /** `"exited"` by itself or when asked. */
  readonly how: "exited" | "killed" | "outOfMemory";
  readonly exitCode: number | undefined;
  /** The error that nobody took, where that was the end of it. */
  readonly failure?: WireFailure;
}
