// What does a task on another thread cost? Beside raw workers and the pools of
// npm, on two workers each.
//
//     deno run -A --lock=bench/deno.lock bench/cpu/pool_bench.ts

import * as Effect from "effect/Effect";
import { run } from "espalier";
import { type CpuScope, cpuScope, inline, move } from "espalier/cpu";
import { note, type Row, table } from "../harness.ts";
import { type Body, OpenScope } from "./_open_scope.ts";
import { openPeer, type Peer, PEERS, peers, primes } from "./_peers.ts";

const WORKERS = 2;

const noop = inline(() => 0);
const square = inline((n: number) => n * n);
const echo = inline((value: unknown) => value).with({ name: "echo" });
const size = inline((numbers: Float64Array) => numbers.length);
const count = inline(primes);

const open = new OpenScope(WORKERS);
const all = await peers(WORKERS);

/** A row of Espalier, beside one of each peer. */
function espalier(how: string, body: Body, ops = 1): Row {
  return { name: `Espalier, ${how}`, ops, run: () => open.call(body) };
}

function others(work: (peer: Peer) => Promise<unknown>, ops = 1): Row[] {
  return all.map((peer) => ({ name: peer.name, ops, run: () => work(peer) }));
}

/** One call after the other, where nothing else is to be done. */
const IN_A_ROW = 100;

async function inARow(call: () => Promise<unknown>): Promise<void> {
  for (let n = 0; n < IN_A_ROW; n++) await call();
}

function inARowBy(call: Body): Body {
  return (cpu) =>
    Effect.gen(function* () {
      for (let n = 0; n < IN_A_ROW; n++) yield* call(cpu);
    });
}

/** The futures as promises, all at once: what one does with the peers. */
function allOf(calls: (cpu: CpuScope) => Promise<unknown>[]): Body {
  return (cpu) => Effect.promise(() => Promise.all(calls(cpu)));
}

await table("a task that does nothing, one after the other", [
  ...others((peer) => inARow(() => peer.call("noop", 0)), IN_A_ROW),
  espalier("run", inARowBy((cpu) => cpu.run(noop)), IN_A_ROW),
]);

const many = Array.from({ length: 10_000 }, (_, n) => n);
await table("10,000 tasks that do next to nothing, at once", [
  ...others(
    (peer) => Promise.all(many.map((n) => peer.call("square", n))),
    many.length,
  ),
  espalier(
    "submit, Promise.all",
    allOf((cpu) => many.map((n) => cpu.submit(square, n).promise())),
    many.length,
  ),
  espalier("map", (cpu) => cpu.map(square, many), many.length),
  espalier(
    "run, Effect.all",
    (cpu) =>
      Effect.all(many.map((n) => cpu.run(square, n)), {
        concurrency: "unbounded",
      }),
    many.length,
  ),
], { rounds: 5 });
note("The peers, and Espalier's first row: one call and one promise for each.");
note("map: one call for all. run, Effect.all: one fiber of Effect for each.");

const kilobyte = (id: number) => ({
  id,
  rows: Array.from(
    { length: 24 },
    (_, n) => ({ n, text: `row ${n} of ${id}` }),
  ),
});
const one = kilobyte(1), thousand = many.slice(0, 1000).map(kilobyte);
await table("1 KB of plain data there and back, one after the other", [
  ...others((peer) => inARow(() => peer.call("echo", one)), IN_A_ROW),
  espalier("run", inARowBy((cpu) => cpu.run(echo, one)), IN_A_ROW),
]);
await table("1 KB of plain data there and back, 1,000 at once", [
  ...others(
    (peer) => Promise.all(thousand.map((item) => peer.call("echo", item))),
    thousand.length,
  ),
  espalier(
    "submit, Promise.all",
    allOf((cpu) => thousand.map((item) => cpu.submit(echo, item).promise())),
    thousand.length,
  ),
  espalier("map", (cpu) => cpu.map(echo, thousand), thousand.length),
]);

const megabyte = () => new Float64Array(1 << 17);
const shared = new Float64Array(new SharedArrayBuffer(1 << 20));
await table("1 MB of numbers to a worker", [
  ...others((peer) => peer.call("size", megabyte())),
  espalier("copied", (cpu) => cpu.run(size, megabyte())),
  espalier("moved", (cpu) => cpu.run(size, move(megabyte()))),
  espalier("shared", (cpu) => cpu.run(size, shared)),
]);
note("Each row but the shared one makes its megabyte, which is most of it.");

const LIMIT = 1_000_000, PARTS = 128;
const parts = Array.from({ length: PARTS }, (_, n): [number, number] => {
  const from = (at: number) => Math.round(LIMIT * (at / PARTS) ** (2 / 3));
  return [from(n), from(n + 1)];
});
await table("counting the primes below 1,000,000", [
  ...all.map((peer) =>
    toIdeal(
      peer.name,
      () => Promise.all(parts.map((part) => peer.call("primes", part))),
    )
  ),
  toIdeal("Espalier, map", () => open.call((cpu) => cpu.map(count, parts))),
], { rounds: 3, unit: "× ideal" });
note("Ideal: the time that the 128 parts took by themselves, divided by two.");
await open.close();
for (const peer of all) await peer.close();

await table("two workers started, used and ended", [
  ...PEERS.map((name) => ({ name, run: () => openAndClose(name) })),
  {
    name: "Espalier, cpuScope",
    run: () =>
      run(cpuScope((cpu) => cpu.map(square, [1, 2]), {
        workers: WORKERS,
        min: WORKERS,
      })),
  },
], { rounds: 3 });
Deno.exit(0);

async function openAndClose(name: string): Promise<void> {
  const peer = await openPeer(name, WORKERS);
  await peer.close();
}

/** A row that says how much longer the count took than it had to. */
function toIdeal(name: string, work: () => Promise<unknown>): Row {
  return {
    name,
    async measure() {
      const start = performance.now();
      const counts = await work() as [number, number][];
      const took = performance.now() - start;
      const busy = counts.reduce((sum, [, ms]) => sum + ms, 0);
      return took / (busy / WORKERS);
    },
  };
}
