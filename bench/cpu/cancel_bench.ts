// How soon does code that loops for ever stop, once it is cancelled?
//
//     deno run -A --lock=bench/deno.lock bench/cpu/cancel_bench.ts

import { run, sleep } from "espalier";
import { cpuScope, inline } from "espalier/cpu";
import { note, type Row, table } from "../harness.ts";
import { PEERS } from "./_peers.ts";

const square = inline((n: number) => n * n);
/** Writes down, for as long as it runs, what time it is. */
const spin = inline((memory: SharedArrayBuffer) => {
  const last = new Float64Array(memory);
  for (;;) last[0] = performance.timeOrigin + performance.now();
});

/** What happened, in milliseconds after the cancellation. */
interface Stop {
  /** The code ran for the last time. */
  readonly silent: number;
  /** The future was settled: the thread is proved to be gone. */
  readonly proved: number;
  /** Another task has been run. */
  readonly next: number;
}

await table("Espalier: from the cancellation, without grace", [
  row("the code runs no more", ({ silent }) => silent),
  row("it is proved", ({ proved }) => proved),
  row("another task is done", ({ next }) => next),
], { unit: "ms", rounds: 15 });
for (const name of PEERS) note(`${name}: ${await cancelled(name)}`);
Deno.exit(0);

function row(name: string, what: (stop: Stop) => number): Row {
  return { name, measure: async () => what(await cancelOnce()) };
}

async function cancelOnce(): Promise<Stop> {
  return await run(cpuScope(function* (cpu) {
    yield* cpu.run(square, 1);
    const memory = new SharedArrayBuffer(8);
    const future = cpu.submit(spin, memory);
    // Long enough for the spare to be there.
    yield* sleep(120);
    const start = now();
    future.cancel();
    const after = cpu.submit(square, 2);
    yield* future.outcome;
    const proved = now() - start;
    yield* after;
    const next = now() - start;
    const silent = new Float64Array(memory)[0]! - start;
    return { silent: Math.max(0, silent), proved, next };
  }, { workers: 1, grace: 0 }));
}

function now(): number {
  return performance.timeOrigin + performance.now();
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
