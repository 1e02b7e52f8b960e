import { ChildProcess } from "node:child_process";
import { EventEmitter } from "node:events";
import { Worker as NodeWorker } from "node:worker_threads";
import type { Made, Note } from "./_made.ts";

/** Watches workers, the web's and Node's; answers how to stop. */
export function watchThreads(note: Note): () => void {
  const RealWorker = globalThis.Worker;
  class WatchedWorker extends RealWorker {
    static override readonly name = "Worker";

    constructor(specifier: string | URL, options?: WorkerOptions) {
      super(specifier, options);
      note(workerMade(this, `worker "${fileOf(specifier)}"`));
    }
  }
  globalThis.Worker = WatchedWorker;
  const stopNode = watchNodeObjects(note);
  return () => {
    stopNode();
    if (globalThis.Worker === WatchedWorker) globalThis.Worker = RealWorker;
  };
}

/** What can be sent to, and says by an error that it still listens. */
interface Endpoint {
  postMessage(message: unknown): void;
}

/**
 * Is somebody still there to send to? A function cannot be sent, and the attempt
 * fails, but only after the look whether there is anybody to send it to.
 */
export function isOpen(endpoint: Endpoint): boolean {
  try {
    endpoint.postMessage(() => {});
    return false;
  } catch {
    return true;
  }
}

/**
 * Node's objects are made by classes that are imported, so there is no name to
 * put a stand-in under; but all of them are event emitters, and these call one
 * function when they are made.
 */
function watchNodeObjects(note: Note): () => void {
  const emitter = EventEmitter as typeof EventEmitter & {
    init?: (this: object, ...args: unknown[]) => void;
  };
  const { init } = emitter;
  if (typeof init !== "function") return () => {};
  const watchedInit = function (this: object, ...args: unknown[]): void {
    init.apply(this, args);
    if (this instanceof NodeWorker) note(workerMade(this, "worker thread"));
    else if (this instanceof ChildProcess) note(processMade(this));
  };
  emitter.init = watchedInit;
  return () => {
    if (emitter.init === watchedInit) emitter.init = init;
  };
}

function workerMade(
  worker: Endpoint & { terminate(): unknown },
  words: string,
): Made {
  return {
    remains: () => isOpen(worker) ? words : undefined,
    end: async () => await worker.terminate(),
  };
}

function processMade(child: ChildProcess): Made {
  return {
    remains: () =>
      child.pid !== undefined && child.exitCode === null &&
        child.signalCode === null
        ? `child process ${child.pid}`
        : undefined,
    end: () =>
      new Promise((resolve) => {
        child.once("exit", resolve);
        child.kill("SIGKILL");
      }),
  };
}

function fileOf(specifier: string | URL): string {
  const text = String(specifier);
  return text.length <= 100 ? text : `${text.slice(0, 99)}…`;
}
