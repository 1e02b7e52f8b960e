// What the frames between the loop and a worker say. This file is bundled into
// the worker: it imports nothing of ours but wire.

import type { WireFailure } from "../../wire/flatten_failure.ts";

/** Frames from the loop to a worker. */
export const REQUEST = {
  /** Function `extra` is `[kind, source, name]`. */
  define: 1,
  /** Call function `extra` with the values. */
  call: 2,
  /** Call function `extra`; the first value is a {@linkcode CallOptions}. */
  callWith: 3,
  /** As `callWith`, for a generator: its items come back as they are made. */
  stream: 4,
  /** Load function `extra`, call nothing. */
  load: 5,
} as const;

/** How a call is to be made, where it is not plain. */
export interface CallOptions {
  /** Milliseconds from the start of the task. */
  readonly timeout?: number;
  /** Whether handles of shared primitives are among the arguments. */
  readonly shared?: boolean;
  /** How many items a stream may send before it is granted more. */
  readonly credit?: number;
}

/**
 * Frames from a worker to the loop. In all but items and host calls, `extra` is
 * how long the task ran, in microseconds, and a value more is its last progress.
 */
export const REPLY = {
  /** The task returned the first value. */
  result: 1,
  /** It did not: the first value is a {@linkcode Fault}. */
  fault: 2,
  /** The stream made the first value. */
  item: 3,
  /** The stream has ended. */
  end: 4,
  /** Call `[name, ...arguments]` on the loop; `extra` numbers the call. */
  hostCall: 5,
} as const;

/** Why a task has no result. */
export type Fault =
  | {
    /** It threw; it was cancelled and stopped; its time was up. */
    readonly why: "threw" | "cancelled" | "deadline";
    readonly failure: WireFailure;
  }
  | {
    /** Its function could not be had. */
    readonly why: "missing";
    readonly missing: "export" | "module" | "permission";
    readonly detail: string;
    readonly failure?: WireFailure;
  }
  | {
    /** What it made cannot cross. */
    readonly why: "unsendable";
    readonly path: string;
    readonly kind: string;
  };

/** Messages over the port, beside the parcels of frames. */
export type PortMessage =
  /** From the worker: it holds the kill switch and serves. */
  | { readonly say: "ready" }
  /** From the worker: an error that no task is there to take. It exits. */
  | { readonly say: "crash"; readonly failure: WireFailure }
  /** From the worker: its heap has reached the limit. It exits. */
  | { readonly say: "outOfMemory" }
  /** To the worker: end by yourself. */
  | { readonly say: "exit" }
  /** To the worker: what a host call came to. */
  | {
    readonly say: "answer";
    readonly call: number;
    readonly value?: unknown;
    readonly failure?: WireFailure;
  };
