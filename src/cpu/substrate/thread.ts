// Threads of node:worker_threads that run the constant bootstrap, and how they
// are stopped on a Deno whose `terminate()` alone stops nothing that is busy.
//
// Three facts of Deno 2.9 carry this file (docs/adr says how they were found):
// a thread that holds a Web Lock is stopped by `terminate()`, busy or not; a
// message port that was transferred to a thread closes when, and only when, the
// thread's isolate is gone, which is the proof of death, as the `exit` event
// comes even where the code goes on; and stopping a thread that loads a module
// takes the process down, so that is never done.
//
// States: starting → running → asked → killed → dead, or leaked for as long as
// the proof does not come.

import type { Worker } from "node:worker_threads";
import type { WireFailure } from "../../wire/flatten_failure.ts";
import { STATE, WORD } from "../shared/control.ts";
import type { PortMessage } from "../transport/frame_kinds.ts";
import type { Parcel } from "../transport/frame_ring.ts";
import { CpuPatience } from "./_cpu_patience.ts";
import { provedWithin } from "./_death_proof.ts";
import { startWorker, unrefPort } from "./_thread_start.ts";
import type {
  Death,
  Ending,
  Isolate,
  IsolateSetup,
  Substrate,
} from "./substrate.ts";
import { pause, settledWithin } from "./wait.ts";

/** How long each step of stopping a thread may take, in milliseconds. */
export interface StopTimes {
  /** For the thread to answer when it is asked to exit. */
  readonly ask: number;
  /** For a module to be loaded before the thread is given up. */
  readonly load: number;
  /** For the proof of death to come after the kill; of CPU time too. */
  readonly proof: number;
}

const STOP_TIMES: StopTimes = { ask: 100, load: 1000, proof: 1000 };

/** How long a thread may take to start, in milliseconds. */
const START_TIME = 10_000;
/** How often the state word is looked at while it forbids the kill. */
const LOOK = 5;

/** Makes a substrate of threads. */
export function threadSubstrate(times: Partial<StopTimes> = {}): Substrate {
  const all = { ...STOP_TIMES, ...times };
  return {
    name: "thread",
    start: (setup) => new Thread(setup, all),
  };
}

/** What the types of `node:worker_threads` leave out. */
type WithUsage = Worker & {
  cpuUsage(): Promise<{ readonly user: number; readonly system: number }>;
};

class Thread implements Isolate {
  readonly death: Promise<Death>;
  readonly #worker: Worker;
  readonly #lifeline: MessagePort;
  readonly #times: StopTimes;
  readonly #control: Int32Array;
  readonly #ready: Promise<void>;
  #stopping: Promise<Ending> | undefined;
  #isDead = false;
  #isKilled = false;
  #exitCode: number | undefined;
  #failure: WireFailure | undefined;
  #isOutOfMemory = false;
  #cpuTime = 0;
  #keepsAlive = false;

  constructor(setup: IsolateSetup, times: StopTimes) {
    this.#times = times;
    this.#control = new Int32Array(setup.memory.control);
    const { port1, port2 } = new MessageChannel();
    this.#lifeline = port1;
    this.#worker = startWorker(setup, port2);
    this.#worker.unref();
    const ready = Promise.withResolvers<void>();
    this.#ready = ready.promise;
    this.#worker.on("message", (message: PortMessage | Parcel) => {
      if ("say" in message && message.say === "ready") ready.resolve();
      this.#note(message);
      setup.onMessage(message);
    });
    this.death = this.#awaitDeath();
  }

  get keepsAlive(): boolean {
    return this.#keepsAlive;
  }

  set keepsAlive(keep: boolean) {
    if (keep === this.#keepsAlive) return;
    this.#keepsAlive = keep;
    if (keep) this.#worker.ref();
    else this.#worker.unref();
  }

  post(
    message: PortMessage | Parcel,
    transfer: readonly Transferable[] = [],
  ): void {
    this.#worker.postMessage(message, transfer as never);
  }

  async cpuTime(): Promise<number> {
    if (this.#isDead || this.#isKilled) return this.#cpuTime;
    try {
      const { user, system } = await (this.#worker as WithUsage).cpuUsage();
      this.#cpuTime = (user + system) / 1000;
    } catch {
      // It ended in between: the last known has to do.
    }
    return this.#cpuTime;
  }

  stop(): Promise<Ending> {
    return this.#stopping ??= this.#stop();
  }

  async #stop(): Promise<Ending> {
    if (this.#isDead) return "exited";
    const { ask, load, proof } = this.#times;
    // A thread that is starting loads builtins and must not be killed.
    if (this.#state === STATE.starting) {
      await settledWithin(START_TIME, [this.#ready, this.death]);
    }
    if (await this.#exits(ask)) return "exited";
    // Terminates: it loads for as long as there is patience, or is killed.
    do {
      if (await this.#loads(load)) return this.#leak();
    } while (!this.#kill());
    return await provedWithin(proof, this.death) ? "killed" : this.#leak();
  }

  /** Asks the thread to exit, and waits for it if it can hear. */
  async #exits(ask: number): Promise<boolean> {
    if (this.#isDead) return true;
    // In the synchronous code of a task it cannot hear; and a message that waits
    // for a thread when it is killed makes Deno print an error.
    if (this.#state === STATE.running) return false;
    Atomics.store(this.#control, WORD.exit, 1);
    Atomics.add(this.#control, WORD.workerBell, 1);
    Atomics.notify(this.#control, WORD.workerBell);
    this.post({ say: "exit" });
    // A task that waits may have asked for a builtin, and nothing says so.
    const patience = new CpuPatience(() => this.cpuTime());
    return await settledWithin(ask, [this.death]) ||
      await patience.settled([this.death]);
  }

  /** Whether it still loads a module when all patience is gone. */
  async #loads(load: number): Promise<boolean> {
    const until = performance.now() + load;
    while (
      (this.#isLoading || this.#state === STATE.evaluating) && !this.#isDead &&
      performance.now() < until
    ) {
      await pause(LOOK);
    }
    return this.#isLoading;
  }

  /** Kills the thread, unless it is loading: then it is left alone. */
  #kill(): boolean {
    if (this.#isDead) return true;
    // Order: doomed first, then look. The thread says first that it loads, then
    // looks whether it is doomed, and if so does not begin.
    Atomics.store(this.#control, WORD.doomed, 1);
    if (this.#isLoading) {
      Atomics.store(this.#control, WORD.doomed, 0);
      Atomics.notify(this.#control, WORD.doomed);
      return false;
    }
    this.#isKilled = true;
    this.#worker.terminate();
    return true;
  }

  /** Gives the thread up: it must hold up neither the process nor the pool. */
  #leak(): Ending {
    if (this.#isDead) return this.#isKilled ? "killed" : "exited";
    this.keepsAlive = false;
    this.#killOnceLoaded();
    return "leaked";
  }

  /** Kills a thread that was given up because it was loading, when it is safe. */
  async #killOnceLoaded(): Promise<void> {
    while (!this.#isDead && !this.#isKilled) {
      await pause(LOOK * 20, { keepsAlive: false });
      this.#kill();
    }
  }

  /** Whether it is about something that must not be cut off. */
  get #isLoading(): boolean {
    return this.#state === STATE.loading || this.#state === STATE.starting;
  }

  get #state(): number {
    return Atomics.load(this.#control, WORD.state);
  }

  #note(message: PortMessage | Parcel): void {
    if (!("say" in message)) return;
    if (message.say === "crash") this.#failure = message.failure;
    if (message.say === "outOfMemory") this.#isOutOfMemory = true;
  }

  async #awaitDeath(): Promise<Death> {
    const exited = Promise.withResolvers<void>();
    const closed = Promise.withResolvers<void>();
    this.#worker.on("error", (error: unknown) => {
      const code = error instanceof Error && "code" in error && error.code;
      if (code === "ERR_WORKER_OUT_OF_MEMORY") this.#isOutOfMemory = true;
    });
    this.#worker.on("exit", (code) => {
      this.#exitCode = code;
      exited.resolve();
    });
    this.#lifeline.addEventListener("close", () => closed.resolve());
    this.#lifeline.start();
    unrefPort(this.#lifeline);
    await closed.promise;
    this.#isDead = true;
    this.#lifeline.close();
    // The exit code of a thread that ended by itself comes right behind.
    if (!this.#isKilled) await settledWithin(this.#times.ask, [exited.promise]);
    this.keepsAlive = false;
    return {
      how: this.#isOutOfMemory
        ? "outOfMemory"
        : this.#isKilled
        ? "killed"
        : "exited",
      exitCode: this.#isKilled ? undefined : this.#exitCode,
      ...(this.#failure ? { failure: this.#failure } : {}),
    };
  }
}
