// The pools that Espalier is measured beside, each behind the same three
// functions. Their workers are data addresses, so that the bench is one program.

import process from "node:process";
import * as Comlink from "npm:comlink@4.4.2";
import { Piscina } from "npm:piscina@5.3.2";
import workerpool from "npm:workerpool@10.0.3";
import { FixedThreadPool } from "npm:poolifier-web-worker@0.5.15";

/** One way to call functions on other threads. */
export interface Peer {
  readonly name: string;
  call(name: PeerFunction, value: unknown): Promise<unknown>;
  /** Says how code that loops for ever is cancelled, if it is. */
  cancel(): Promise<string>;
  /** Ends its threads. */
  close(): unknown;
}

/** What every peer can do. */
export type PeerFunction =
  | "noop"
  | "square"
  | "echo"
  | "size"
  | "primes"
  | "spin";

/** Counts primes, and says how many milliseconds that took by itself. */
export function primes(
  [from, to]: readonly [number, number],
): [number, number] {
  const start = performance.now();
  let count = 0;
  for (let n = from; n < to; n++) {
    let divisor = 2;
    while (divisor * divisor <= n && n % divisor !== 0) divisor++;
    if (n > 1 && divisor * divisor > n) count++;
  }
  return [count, performance.now() - start];
}

const FUNCTIONS = `{
  noop: () => 0,
  square: (n) => n * n,
  echo: (value) => value,
  size: (numbers) => numbers.length,
  primes: ${primes},
  spin: () => { for (;;); },
}`;

const MAKERS: Record<string, (workers: number) => Peer> = {
  "raw postMessage": raw,
  "comlink": comlink,
  "poolifier-web-worker": poolifier,
  "piscina": piscina,
  "workerpool": viaWorkerpool,
};

/** What the peers are called. */
export const PEERS: readonly string[] = Object.keys(MAKERS);

/** Opens one of them, with every thread of it at work. */
export async function openPeer(name: string, workers: number): Promise<Peer> {
  const peer = MAKERS[name]!(workers);
  const calls = Array.from({ length: workers }, () => peer.call("noop", 0));
  await within(5000, Promise.all(calls));
  return peer;
}

/** Opens all of them; one that does not start is left out, and told. */
export async function peers(workers: number): Promise<Peer[]> {
  const open: Peer[] = [];
  for (const name of PEERS) {
    try {
      open.push(await openPeer(name, workers));
    } catch (error) {
      console.log(`${name} does not run here: ${String(error)}`);
    }
  }
  return open;
}

function dataUrl(source: string): string {
  return `data:text/javascript,${encodeURIComponent(source)}`;
}

function raw(workers: number): Peer {
  const source = dataUrl(`
    const functions = ${FUNCTIONS};
    self.onmessage = ({ data: { id, name, value } }) =>
      self.postMessage({ id, result: functions[name](value) });
  `);
  const waiting = new Map<number, (result: unknown) => void>();
  const all = Array.from({ length: workers }, () => {
    const worker = new Worker(source, { type: "module" });
    worker.onmessage = ({ data: { id, result } }) => {
      waiting.get(id)!(result);
      waiting.delete(id);
    };
    return worker;
  });
  let calls = 0;
  return {
    name: "raw postMessage",
    call: (name, value) =>
      new Promise((resolve) => {
        const id = ++calls;
        waiting.set(id, resolve);
        all[id % workers]!.postMessage({ id, name, value });
      }),
    async cancel() {
      all[0]!.postMessage({ id: 0, name: "spin" });
      await pause(100);
      for (const worker of all) worker.terminate();
      return `terminate() returns, and ${await burning()}`;
    },
    close: () => all.forEach((worker) => worker.terminate()),
  };
}

function comlink(workers: number): Peer {
  const source = dataUrl(`
    import * as Comlink from "npm:comlink@4.4.2";
    Comlink.expose(${FUNCTIONS});
  `);
  const threads = Array.from(
    { length: workers },
    () => new Worker(source, { type: "module" }),
  );
  // deno-lint-ignore no-explicit-any
  const all = threads.map((worker) => Comlink.wrap<any>(worker as never));
  let calls = 0;
  return {
    name: "comlink",
    call: (name, value) => all[++calls % workers]![name](value),
    async cancel() {
      all[0]!.spin();
      await pause(100);
      for (const worker of threads) worker.terminate();
      return `has no way but terminate(), and ${await burning()}`;
    },
    close: () => threads.forEach((worker) => worker.terminate()),
  };
}

function poolifier(workers: number): Peer {
  const source = new URL(dataUrl(`
    import { ThreadWorker } from "npm:poolifier-web-worker@0.5.15";
    const functions = ${FUNCTIONS};
    export default new ThreadWorker(({ name, value }) => functions[name](value));
  `));
  const pool = new FixedThreadPool(workers, source);
  return {
    name: "poolifier-web-worker",
    call: (name, value) => pool.execute({ name, value }) as Promise<unknown>,
    async cancel() {
      pool.execute({ name: "spin" }).catch(() => {});
      await pause(100);
      const ended = await within(2000, pool.destroy()).then(
        () => "destroy() returns",
        () => "destroy() does not return in 2 s",
      );
      return `${ended}, and ${await burning()}`;
    },
    close: () => within(5000, pool.destroy()),
  };
}

function piscina(workers: number): Peer {
  const pool = new Piscina({
    filename: new URL("./_piscina_worker.ts", import.meta.url).href,
    minThreads: workers,
    maxThreads: workers,
  });
  return {
    name: "piscina",
    call: (name, value) => pool.run({ name, value }),
    async cancel() {
      const controller = new AbortController();
      const { signal } = controller;
      const ended = pool.run({ name: "spin" }, { signal }).catch(() => {});
      await pause(100);
      const start = performance.now();
      controller.abort();
      await ended;
      const ms = (performance.now() - start).toFixed(1);
      return `rejects after ${ms} ms, and ${await burning()}`;
    },
    close: () => within(5000, pool.destroy()),
  };
}

function viaWorkerpool(workers: number): Peer {
  const pool = workerpool.pool({
    minWorkers: workers,
    maxWorkers: workers,
    workerType: "thread",
  });
  const functions = {
    noop: () => 0,
    square: (n: number) => n * n,
    echo: (value: unknown) => value,
    size: (numbers: Float64Array) => numbers.length,
    primes,
    spin: () => {
      for (;;);
    },
  };
  return {
    name: "workerpool",
    call: (name, value) =>
      Promise.resolve(pool.exec(functions[name] as never, [value] as never)),
    async cancel() {
      const task = pool.exec(functions.spin);
      await pause(100);
      task.cancel();
      await Promise.resolve(task).catch(() => {});
      return `rejects, and ${await burning()}`;
    },
    close: () => within(5000, Promise.resolve(pool.terminate())),
  };
}

/** Whether the process still computes. */
async function burning(): Promise<string> {
  await pause(200);
  const before = process.cpuUsage();
  const start = performance.now();
  await pause(300);
  const { user, system } = process.cpuUsage(before);
  const share = (user + system) / 1000 / (performance.now() - start);
  return share > 0.05
    ? `it burns on: ${share.toFixed(2)} cores`
    : "the CPU is silent";
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function within<A>(ms: number, promise: PromiseLike<A>): Promise<A> {
  const late = pause(ms).then(() => {
    throw new Error(`no answer in ${ms} ms`);
  });
  return Promise.race([promise, late]);
}
