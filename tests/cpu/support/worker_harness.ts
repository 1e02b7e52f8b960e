// One real worker, driven by hand: what the pool will do, in a few lines.

import type {
  Death,
  Ending,
  Isolate,
  IsolateSetup,
} from "../../../src/cpu/substrate/substrate.ts";
import type { StopTimes } from "../../../src/cpu/substrate/thread.ts";
import { threadSubstrate } from "../../../src/cpu/substrate/thread.ts";
import { Liveness } from "../../../src/cpu/shared/liveness.ts";
import {
  type Fault,
  type PortMessage,
  REPLY,
  REQUEST,
} from "../../../src/cpu/transport/frame_kinds.ts";
import type { Frame, Parcel } from "../../../src/cpu/transport/frame_ring.ts";
import { HostLink, linkMemory } from "../../../src/cpu/transport/host_link.ts";

/** How a call ended. */
export type Reply =
  | { readonly value: unknown; readonly progress?: unknown }
  | { readonly fault: Fault; readonly progress?: unknown }
  | { readonly death: Death };

/** What a call may be made with. */
export interface CallWith {
  readonly timeout?: number;
  readonly shared?: boolean;
  readonly credit?: number;
  readonly transfer?: readonly Transferable[];
}

/** How the worker is started. */
export interface HarnessOptions extends Partial<StopTimes> {
  readonly memoryLimit?: number;
  readonly ringBytes?: number;
  readonly liveness?: Liveness;
}

/** A worker and what is asked of it. */
export class Harness {
  readonly isolate: Isolate;
  readonly link: HostLink;
  /** The words that it shares with the worker. */
  readonly control: Int32Array;
  readonly id: number;
  readonly ready: Promise<void>;
  readonly said: PortMessage[] = [];
  /** What streams made, and their weights. */
  readonly items: { id: number; value: unknown; weight: number }[] = [];
  readonly hostCalls: Frame[] = [];
  /** Called for each item. */
  onItem: (id: number, weight: number) => void = () => {};
  onHostCall: (frame: Frame) => void = () => {};
  /** How often a frame had to wait for space. */
  fullRings = 0;
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  readonly #queue: { frame: Frame; transfer: readonly Transferable[] }[] = [];
  readonly #positions = new Map<number, number>();
  readonly #functions = new Map<string, number>();
  #calls = 0;

  constructor(options: HarnessOptions = {}) {
    const liveness = options.liveness ?? new Liveness();
    this.id = liveness.admit();
    const memory = linkMemory(options.ringBytes);
    this.control = new Int32Array(memory.control);
    const ready = Promise.withResolvers<void>();
    this.ready = ready.promise;
    const setup: IsolateSetup = {
      id: this.id,
      memory,
      liveness: liveness.memory,
      ...(options.memoryLimit ? { memoryLimit: options.memoryLimit } : {}),
      onMessage: (message) => {
        if ("parcel" in message) return this.link.arrive(message);
        this.said.push(message);
        if (message.say === "ready") ready.resolve();
      },
    };
    const isolate = threadSubstrate(options).start(setup);
    this.isolate = isolate;
    this.isolate.keepsAlive = true;
    const post = (parcel: Parcel, transfer: readonly Transferable[]) =>
      isolate.post(parcel, transfer);
    this.link = new HostLink(memory, post, {
      onFrame: (frame) => this.#accept(frame),
      onPause: () => {},
      onSpace: () => this.#flush(),
    });
    this.link.open();
    isolate.death.then((death) => {
      this.link.close();
      liveness.bury(this.id);
      for (const settle of this.#waiting.values()) settle({ death });
      this.#waiting.clear();
      ready.resolve();
    });
  }

  /** Calls an inline function given as its source. */
  inline(source: string, args: unknown[] = [], options?: CallWith) {
    return this.#start(["inline", source, "task"], args, options, false);
  }

  /** Calls an export of a module. */
  module(
    url: string | URL,
    name: string,
    args: unknown[] = [],
    options?: CallWith,
  ) {
    return this.#start(["module", String(url), name], args, options, false);
  }

  /** Starts a stream of an inline generator. */
  stream(source: string, args: unknown[] = [], options?: CallWith) {
    return this.#start(["inline", source, "stream"], args, options, true);
  }

  /** Ends the worker. */
  async stop(): Promise<Ending> {
    const ending = await this.isolate.stop();
    return ending;
  }

  /** Where the record of call `id` stands. */
  positionOf(id: number): number | undefined {
    return this.#positions.get(id);
  }

  #start(
    source: [string, string, string],
    args: unknown[],
    options: CallWith = {},
    stream: boolean,
  ): { id: number; reply: Promise<Reply> } {
    const key = source.join("\n");
    let index = this.#functions.get(key);
    if (index === undefined) {
      index = this.#functions.size;
      this.#functions.set(key, index);
      this.#send({ kind: REQUEST.define, id: 0, extra: index, values: source });
    }
    const { transfer = [], ...rest } = options;
    const id = ++this.#calls;
    const plain = !stream && Object.keys(rest).length === 0;
    const kind = stream
      ? REQUEST.stream
      : plain
      ? REQUEST.call
      : REQUEST.callWith;
    const values = plain ? args : [rest, ...args];
    const reply = new Promise<Reply>((resolve) =>
      this.#waiting.set(id, resolve)
    );
    this.#send({ kind, id, extra: index, values }, transfer);
    return { id, reply };
  }

  #send(frame: Frame, transfer: readonly Transferable[] = []): void {
    this.#queue.push({ frame, transfer });
    this.#flush();
  }

  #flush(): void {
    for (;;) {
      const next = this.#queue[0];
      if (!next) return;
      const position = this.link.trySend(next.frame, next.transfer);
      if (position === undefined) {
        this.fullRings++;
        return;
      }
      this.link.wake();
      this.#positions.set(next.frame.id, position);
      this.#queue.shift();
    }
  }

  #accept(frame: Frame): void {
    const { id, values } = frame;
    if (frame.kind === REPLY.item) {
      this.items.push({ id, value: values[0], weight: frame.extra });
      return this.onItem(id, frame.extra);
    }
    if (frame.kind === REPLY.hostCall) {
      this.hostCalls.push(frame);
      return this.onHostCall(frame);
    }
    const settle = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (frame.kind === REPLY.fault) {
      settle?.({ fault: values[0] as Fault, progress: values[1] });
    } else if (frame.kind === REPLY.end) {
      settle?.({ value: "ended", progress: values[0] });
    } else settle?.({ value: values[0], progress: values[1] });
  }
}

/** Runs a body with a worker and ends the worker, whatever comes. */
export async function withWorker<A>(
  body: (worker: Harness) => Promise<A>,
  options: HarnessOptions = {},
): Promise<A> {
  const worker = new Harness(options);
  try {
    await worker.ready;
    return await body(worker);
  } finally {
    await worker.stop();
  }
}
