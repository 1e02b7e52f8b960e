// What does a task on another thread cost, and how does code that is cancelled
// stop? Beside raw workers and the pools of npm, on two workers.
//
//     deno run -A --lock=bench/deno.lock bench/cpu/pool_bench.ts

import process from "node:process";
import * as Effect from "effect/Effect";
import { nursery, run, sleep } from "espalier";
import { type CpuScope, cpuScope, inline, move } from "espalier/cpu";
import { note, type Row, table } from "../harness.ts";
import { type Peer, peers } from "./_peers.ts";

const WORKERS = 2;

const noop = inline(() => 0);
const square = inline((n: number) => n * n);
const echo = inline((value: unknown) => value).with({ name: "echo" });
const sum = inline((numbers: Float64Array) => numbers.length);
const numbers = inline(function* (to: number) {
  for (let n = 0; n < to; n++) yield { n, twice: 2 * n };
});
const primes = inline((from: number, to: number) => {
  let count = 0;
  for (let n = from; n < to; n++) {
    let divisor = 2;
    while (divisor * divisor <= n && n % divisor !== 0) divisor++;
    if (n > 1 && divisor * divisor > n) count++;
  }
  return count;
});
const spin = inline(() => {
  for (;;);
});

const kilobyte = {
  id: 1,
  rows: Array.from({ length: 24 }, (_, n) => ({ n, text: `row number ${n}` })),
};
const megabyte = () => new Float64Array(1 << 17);
const shared = new Float64Array(new SharedArrayBuffer(1 << 20));

/** Runs a body in a scope that stays open from one call to the next. */
class OpenScope {
  readonly #calls: { body: Body; done: (result: unknown) => void }[] = [];
  #wake = () => {};
  #isClosed = false;
  readonly #ended: Promise<unknown>;

  constructor() {
    this.#ended = run(cpuScope((cpu) => this.#serve(cpu), {
      workers: WORKERS,
      min: WORKERS,
    }));
  }

  call(body: Body): Promise<unknown> {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    this.#calls.push({ body, done: resolve });
    this.#wake();
    return promise;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#wake();
    await this.#ended;
  }

  *#serve(cpu: CpuScope) {
    while (!this.#isClosed) {
      const next = this.#calls.shift();
      if (next === undefined) {
        yield* Effect.promise(() =>
          new Promise<void>((resolve) => this.#wake = resolve)
        );
      } else next.done(yield* next.body(cpu) as Effect.Effect<unknown>);
    }
  }
}

// deno-lint-ignore no-explicit-any
type Body = (cpu: CpuScope) => Effect.Effect<any, any>;

const open = new OpenScope();
const all = await peers(WORKERS);
const espalier = (body: Body, ops = 1): Row => ({
  name: "Espalier",
  ops,
  run: () => open.call(body),
});
const others = (
  work: (peer: Peer) => Promise<unknown>,
  ops = 1,
): Row[] =>
  all.map((peer) => ({ name: peer.name, ops, run: () => work(peer) }));
const many = Array.from({ length: 10_000 }, (_, n) => n);

await table("a task that does nothing, one after the other", [
  ...others((peer) => peer.call("noop", 0)),
  espalier((cpu) => cpu.run(noop)),
]);
await table("10,000 tasks that do nothing, at once", [
  ...others(
    (peer) => Promise.all(many.map((n) => peer.call("noop", n))),
    10_000,
  ),
  espalier((cpu) => cpu.map(square, many), 10_000),
], { rounds: 3 });
note("raw postMessage is the first row: what the platform can do by messages.");
await table("1 KB of plain data there and back", [
  ...others((peer) => peer.call("echo", kilobyte)),
  espalier((cpu) => cpu.run(echo, kilobyte)),
]);
await table("1 MB of numbers to a worker", [
  ...others((peer) => peer.call("size", megabyte())),
  { ...espalier((cpu) => cpu.run(sum, megabyte())), name: "Espalier, copied" },
  {
    ...espalier((cpu) => cpu.run(sum, move(megabyte()))),
    name: "Espalier, moved",
  },
  { ...espalier((cpu) => cpu.run(sum, shared)), name: "Espalier, shared" },
]);
await table("a stream of 200,000 items, with back-pressure", [{
  name: "Espalier",
  ops: 200_000,
  run: () =>
    open.call((cpu) =>
      Effect.scoped(Effect.flatMap(
        cpu.stream(numbers, 200_000),
        (stream) => stream.forEach(() => Effect.void),
      ))
    ),
}], { rounds: 3 });

const LIMIT = 400_000, PARTS = 32;
const part = (n: number) => Math.round(LIMIT * Math.sqrt(n / PARTS));
await table("counting the primes below 400,000", [
  { name: "one thread", run: () => runPrimes() },
  {
    name: `Espalier, ${WORKERS} workers`,
    run: () =>
      open.call((cpu) =>
        Effect.all(
          Array.from(
            { length: PARTS },
            (_, n) => cpu.run(primes, part(n), part(n + 1)),
          ),
          { concurrency: "unbounded" },
        )
      ),
  },
], { rounds: 3 });
await open.close();

await table(`a pool of ${WORKERS} opened and closed`, [{
  name: "Espalier",
  run: () =>
    run(cpuScope(
      (cpu) => cpu.map(noop as never, [1, 2]),
      { workers: WORKERS, min: WORKERS },
    )),
}], { rounds: 3 });
await table("from a hard kill to a silent CPU, and to the next result", [
  { name: "Espalier: the run has ended", measure: () => cancelOnce("ended") },
  { name: "Espalier: another task is done", measure: () => cancelOnce("next") },
], { unit: "ms", rounds: 5 });
for (const peer of all) {
  note(`${peer.name}: ${await cancelled(peer.name)}`);
}
Deno.exit(0);

function runPrimes(): number {
  let count = 0;
  for (let n = 0; n < LIMIT; n++) {
    let divisor = 2;
    while (divisor * divisor <= n && n % divisor !== 0) divisor++;
    if (n > 1 && divisor * divisor > n) count++;
  }
  return count;
}

/** How a peer cancels a loop: in a process that can be ended. */
async function cancelled(name: string): Promise<string> {
  const program = new URL("./_cancel_peer.ts", import.meta.url).href;
  const flags = ["-A", "--quiet", "--no-check", "--lock=bench/deno.lock"];
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", ...flags, program, name],
    stdin: "null",
    stderr: "null",
    signal: AbortSignal.timeout(20_000),
  });
  const { stdout } = await child.output();
  return new TextDecoder().decode(stdout).trim() || "does not end";
}

async function cancelOnce(what: "ended" | "next"): Promise<number> {
  return await run(cpuScope(function* (cpu) {
    yield* cpu.run(square, 1);
    const future = cpu.submit(spin);
    // Long enough for the spare to be there.
    yield* sleep(120);
    process.cpuUsage();
    const start = performance.now();
    future.cancel();
    if (what === "ended") yield* future.outcome;
    else yield* nursery((n) => n.startSoon(Effect.orDie(cpu.run(square, 2))));
    return performance.now() - start;
  }, { workers: 1, grace: 0 }));
}
