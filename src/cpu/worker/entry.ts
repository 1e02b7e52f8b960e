// What a worker runs: this module and what it imports, as one string. The order
// of its steps matters: handlers in the first synchronous turn, or messages are
// lost; then the lock, which arms the kill switch; then "ready".

import { isBuiltin, Module } from "node:module";
import process from "node:process";
import { parentPort, workerData } from "node:worker_threads";
import { STATE, WORD } from "../shared/control.ts";
import type { PortMessage } from "../transport/frame_kinds.ts";
import type { Parcel } from "../transport/frame_ring.ts";
import { installContext } from "./context.ts";
import { HostCalls } from "./host_calls.ts";
import { MemoryWatch } from "./memory_watch.ts";
import { TaskRegistry } from "./task_registry.ts";
import { TaskReply } from "./task_reply.ts";
import { TaskRunner } from "./task_runner.ts";
import { taskContext } from "./task_context.ts";
import { type PortOut, WorkerLink, type WorkerSetup } from "./worker_link.ts";

/** Frames taken in one turn before the thread looks at anything else. */
const BURST = 256;

/** What the types of `node:worker_threads` leave out. */
type WorkerPort = PortOut & EventTarget & {
  addEventListener(
    name: "message",
    listener: (event: MessageEvent<PortMessage | Parcel>) => void,
  ): void;
};

/** Starts serving the loop that started this thread. */
export function startWorker(): void {
  const setup = workerData as WorkerSetup;
  const port = parentPort as unknown as WorkerPort;
  // Order: taken before any task can replace it.
  const exit = process.exit.bind(process);
  const link = new WorkerLink(setup, port);
  const calls = new HostCalls(link);
  const memory = new MemoryWatch(() => {
    link.say({ say: "outOfMemory" });
    exit(1);
  });
  const runner = makeRunner(setup, link, calls, memory);
  installContext(taskContext(() => runner.current, calls));
  // `on` would have Deno look through every element of what has come.
  port.addEventListener("message", (event) => {
    const message: PortMessage | Parcel = event.data;
    if ("parcel" in message) link.arrive(message);
    else if (message.say === "answer") calls.arrive(message);
    else if (message.say === "exit") exit(0);
  });
  containErrors(link, exit);
  watchBuiltins(link);
  // Invariant: reachable for as long as the thread lives.
  Reflect.set(globalThis, Symbol("lifeline"), setup.lifeline);
  armKillSwitch(setup.lock, () => {
    link.enter(STATE.idle);
    link.say({ say: "ready" });
    // A task that is cut off in the turn of the lock makes Deno print an error.
    setTimeout(() => serve({ link, runner, calls, memory, exit }));
  });
}

function makeRunner(
  setup: WorkerSetup,
  link: WorkerLink,
  calls: HostCalls,
  memory: MemoryWatch,
): TaskRunner {
  const registry = new TaskRegistry({
    loading: () => link.enterLoading(),
    evaluating: () => link.enter(STATE.evaluating),
  });
  return new TaskRunner({
    worker: setup.id,
    link,
    registry,
    reply: new TaskReply(link),
    memory,
    onEnd: (task) => calls.forget(task),
  });
}

interface Served {
  readonly link: WorkerLink;
  readonly runner: TaskRunner;
  readonly calls: HostCalls;
  readonly memory: MemoryWatch;
  readonly exit: (code: number) => never;
}

/** Takes frames until the thread ends. */
async function serve(
  { link, runner, calls, memory, exit }: Served,
): Promise<never> {
  let busy = false;
  let expects = false;
  await link.freshTurn();
  for (;;) {
    const seen = link.bell;
    if (Atomics.load(link.control, WORD.exit) !== 0) exit(0);
    runner.current?.attend();
    calls.settle();
    let taken = 0;
    for (; !busy && taken < BURST; taken++) {
      const frame = link.read();
      // What is on its way over the port may be more than the heap can take.
      if (expects !== (frame === "expecting")) {
        expects = !expects;
        if (expects) memory.start();
        else memory.stop();
      }
      if (typeof frame === "string") break;
      const running = runner.accept(frame, taken > 0);
      if (!running) continue;
      busy = true;
      running.then(() => {
        busy = false;
        link.ringSelf();
      });
      // A task that only waits for a promise already settled costs no more
      // than a synchronous one.
      for (let turn = 0; turn < 4 && busy; turn++) await undefined;
    }
    if (taken === BURST) link.ringSelf();
    await link.park(seen, !busy);
  }
}

/** Errors that no task is there to take end the worker, and say so first. */
function containErrors(
  link: WorkerLink,
  exit: (code: number) => never,
): void {
  globalThis.addEventListener("error", (event) => {
    event.preventDefault();
    link.sayCrash(event.error);
    exit(1);
  });
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    link.sayCrash(event.reason);
    exit(1);
  });
}

/** A builtin that code asks for must not be cut off while it is loaded. */
function watchBuiltins(link: WorkerLink): void {
  watchLoader(link, process, "getBuiltinModule");
  watchLoader(link, Module, "_load");
}

function watchLoader(link: WorkerLink, owner: object, method: string): void {
  const load = Reflect.get(owner, method);
  Reflect.set(owner, method, function (this: unknown, ...args: unknown[]) {
    if (!isBuiltin(String(args[0]))) return Reflect.apply(load, this, args);
    const before = Atomics.load(link.control, WORD.state);
    link.enterLoading();
    try {
      return Reflect.apply(load, this, args);
    } finally {
      Atomics.store(link.control, WORD.state, before);
    }
  });
}

interface WithLocks {
  readonly locks?: {
    request(name: string, body: () => Promise<never>): Promise<never>;
  };
}

/** Holds a Web Lock for ever: Deno stops at once a thread that holds one. */
function armKillSwitch(lock: string, then: () => void): void {
  const { locks } = navigator as unknown as WithLocks;
  if (!locks) return then();
  locks.request(lock, () => {
    then();
    return new Promise<never>(() => {});
  });
}
