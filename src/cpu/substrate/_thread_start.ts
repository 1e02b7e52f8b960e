import { Worker } from "node:worker_threads";
import { getHeapStatistics } from "node:v8";
import { WORKER_BOOTSTRAP, WORKER_PROGRAM } from "../worker_source.ts";
import type { IsolateSetup } from "./substrate.ts";

let bootstrap: URL | undefined;

/** The program of a thread: one address for all, and no permission needed. */
function bootstrapUrl(): URL {
  const encode = () =>
    new URL("data:text/javascript," + encodeURIComponent(WORKER_BOOTSTRAP));
  return bootstrap ??= encode();
}

/** Starts the thread; `lifeline` goes with it. */
export function startWorker(
  setup: IsolateSetup,
  lifeline: MessagePort,
): Worker {
  const { id, memory, liveness } = setup;
  // Without a limit of its own a thread that runs out of memory takes the
  // process with it.
  const heap = setup.memoryLimit ??
    Math.floor(getHeapStatistics().heap_size_limit / 2 ** 20);
  return new Worker(bootstrapUrl(), {
    name: `espalier ${id}`,
    workerData: {
      id,
      ...memory,
      liveness,
      lock: `espalier ${id} ${crypto.randomUUID()}`,
      lifeline,
      program: WORKER_PROGRAM,
    },
    transferList: [lifeline as never],
    resourceLimits: { maxOldGenerationSizeMb: heap },
  });
}

/** Deno's ports can be told not to keep the process alive; types do not know. */
export function unrefPort(port: MessagePort): void {
  (port as unknown as { unref?: () => void }).unref?.();
}
