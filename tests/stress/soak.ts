// Tasks that end in every way there is, in random order, on one CPU scope: each
// future settles once and as it should, and the counts add up.
//
// `deno task soak [tasks] [seed]` runs 100,000 of them, and looks at the memory
// after each tenth, when all garbage has been collected.

import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import { run } from "../../src/core/mod.ts";
import {
  type CpuFuture,
  type CpuScope,
  cpuScope,
  type CpuStatistics,
  inline,
  move,
} from "../../src/cpu/mod.ts";
import { seeded } from "../cpu/support/until.ts";
import { rawKills } from "./raw_kills.ts";

/** What a soak came to. */
export interface Soaked {
  readonly statistics: CpuStatistics;
  /** How often each kind of task was run. */
  readonly kinds: Readonly<Record<string, number>>;
  /** After each tenth of the tasks. */
  readonly memory: readonly Memory[];
}

/** What the process holds, in MiB. */
interface Memory {
  /** Objects that are reachable; where garbage cannot be collected, it counts. */
  readonly live: number;
  readonly resident: number;
  /** Threads started so far. */
  readonly spawned: number;
}

type Ending = "Succeeded" | "Failed" | "Cancelled";

/** One kind of task: how it is made, and how it may end. */
interface Kind {
  /** Out of a thousand. */
  readonly share: number;
  start(cpu: CpuScope, random: () => number): CpuFuture<unknown>;
  readonly ends: readonly Ending[];
  readonly error?: string;
}

const double = inline((n: number) => n * 2);
const throws = inline(() => {
  throw new RangeError("on purpose");
});
const exits = inline(() => Deno.exit(3));
const spin = inline(() => {
  for (;;);
});
const sum = inline((numbers: Float64Array) =>
  numbers.reduce((all, one) => all + one, 0)
);
const waits = inline(async (ms: number) => {
  await new Promise((done) => setTimeout(done, ms));
});

const KINDS: Readonly<Record<string, Kind>> = {
  ordinary: {
    share: 780,
    start: (cpu, random) => cpu.submit(double, Math.floor(random() * 1e6)),
    ends: ["Succeeded"],
  },
  moved: {
    share: 100,
    start: (cpu) => cpu.submit(sum, move(new Float64Array(64).fill(1))),
    ends: ["Succeeded"],
  },
  thrown: {
    share: 80,
    start: (cpu) => cpu.submit(throws),
    ends: ["Failed"],
    error: "TaskFailed",
  },
  cancelledEarly: {
    share: 25,
    start(cpu) {
      const future = cpu.submit(waits, 1);
      future.cancel();
      return future;
    },
    ends: ["Cancelled"],
  },
  late: {
    share: 8,
    start: (cpu) => cpu.submit(spin.with({ timeout: 2 })),
    ends: ["Failed"],
    error: "DeadlineExceeded",
  },
  killed: {
    share: 4,
    start(cpu, random) {
      const future = cpu.submit(spin);
      setTimeout(() => future.cancel(), random() * 20);
      return future;
    },
    ends: ["Cancelled"],
  },
  crashed: {
    share: 3,
    start: (cpu) => cpu.submit(exits),
    ends: ["Failed"],
    error: "WorkerCrashed",
  },
};

/** Runs so many tasks. */
export async function soak(tasks: number, seed: number): Promise<Soaked> {
  const random = seeded(seed);
  const kinds: Record<string, number> = {};
  const memory: Memory[] = [];
  const statistics = await run(cpuScope(function* (cpu) {
    for (let done = 0; done < tasks;) {
      const burst = Math.min(1 + Math.floor(random() * 400), tasks - done);
      const futures = Array.from({ length: burst }, () => {
        const kind = pick(random);
        kinds[kind] = (kinds[kind] ?? 0) + 1;
        return { kind, future: KINDS[kind]!.start(cpu, random) };
      });
      // Waited for by promises: a fiber that waits very often grows, by Effect.
      yield* Effect.promise(async () => {
        for (const { kind, future } of futures) await check(kind, future);
      });
      done += burst;
      if (done * 10 >= tasks * (memory.length + 1)) memory.push(inUse(cpu));
    }
    return cpu.statistics();
  }, { workers: 2, grace: 2 }));
  return { statistics, kinds, memory };
}

async function check(kind: string, future: CpuFuture<unknown>) {
  const { ends, error } = KINDS[kind]!;
  await future.promise().catch(() => {});
  const outcome = Option.getOrThrow(future.poll());
  assert(ends.includes(outcome._tag), `${kind} has ${outcome._tag}`);
  if (outcome._tag !== "Failed") return;
  const [reason] = outcome.cause.reasons;
  assert(reason?._tag === "Fail");
  assert.equal(reason.error._tag, error);
}

function pick(random: () => number): string {
  let left = random() * 1000;
  for (const [name, { share }] of Object.entries(KINDS)) {
    left -= share;
    if (left < 0) return name;
  }
  return "ordinary";
}

function inUse(cpu: CpuScope): Memory {
  const { gc } = globalThis as { gc?: () => void };
  gc?.();
  const { heapUsed, external, rss } = Deno.memoryUsage();
  const { spawned } = cpu.statistics();
  return { live: mebi(heapUsed + external), resident: mebi(rss), spawned };
}

function mebi(bytes: number): number {
  return Math.round(bytes / 2 ** 20 * 10) / 10;
}

/** Whether what a soak came to adds up. */
export function checkSoaked({ statistics, kinds }: Soaked): void {
  const of = (kind: string) => kinds[kind] ?? 0;
  const { submitted, queued, running, succeeded, failed, cancelled } =
    statistics;
  assert.deepEqual({ queued, running }, { queued: 0, running: 0 });
  assert.equal(succeeded, of("ordinary") + of("moved"));
  assert.equal(failed, of("thrown") + of("late") + of("crashed"));
  assert.equal(cancelled, of("cancelledEarly") + of("killed"));
  assert.equal(submitted, succeeded + failed + cancelled);
  assert.equal(statistics.stopped.leaked, 0);
}

/** How much the platform itself keeps of each thread that is killed, in MiB. */
async function platformCost(): Promise<number> {
  const kills = 200;
  const before = Deno.memoryUsage().rss;
  await rawKills(kills);
  return Math.max(0, Deno.memoryUsage().rss - before) / 2 ** 20 / kills;
}

/**
 * Whether the memory is flat: no more objects, and no more memory of the process
 * than what the platform keeps of that many killed threads. Resident memory goes
 * up and down by what V8 and the allocator hold back, so that the most of the
 * first tenths is set against the least of the last ones.
 */
function checkFlat(memory: readonly Memory[], perKill: number): void {
  const early = memory.slice(1, 4), late = memory.slice(-3);
  const live = Math.min(...late.map(({ live }) => live)) -
    Math.max(...early.map(({ live }) => live));
  const resident = Math.min(...late.map(({ resident }) => resident)) -
    Math.max(...early.map(({ resident }) => resident));
  const threads = late[0]!.spawned - early[0]!.spawned;
  const net = resident - perKill * threads;
  console.log(
    `${live.toFixed(1)} MiB of objects and ${
      resident.toFixed(1)
    } MiB resident ` +
      `more after ${threads} more threads; the platform keeps ` +
      `${(perKill * threads).toFixed(1)} MiB of so many`,
  );
  assert(live < 2, `${live} MiB more of objects`);
  assert(net < 25, `${net} MiB more resident than the platform keeps`);
}

if (import.meta.main) {
  const [tasks = "100000", seed = "1"] = Deno.args;
  const start = performance.now();
  const soaked = await soak(Number(tasks), Number(seed));
  checkSoaked(soaked);
  const { statistics, kinds, memory } = soaked;
  const { workers: _, ...counts } = statistics;
  const seconds = Math.round((performance.now() - start) / 100) / 10;
  console.log(JSON.stringify({ seconds, kinds, ...counts }, undefined, 2));
  console.table(memory);
  checkFlat(memory, await platformCost());
}
