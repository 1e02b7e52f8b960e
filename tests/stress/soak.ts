// Tasks that end in every way there is, in random order, on one CPU scope: each
// future settles once and as it should, and the counts add up.
//
// `deno task soak [tasks] [seed]` runs 100,000 of them.

import assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import { run, sleep } from "../../src/core/mod.ts";
import {
  type CpuFuture,
  type CpuScope,
  cpuScope,
  type CpuStatistics,
  inline,
  move,
  type WorkerStatistics,
} from "../../src/cpu/mod.ts";
import { seeded } from "../cpu/support/until.ts";

/** What a soak came to. */
export interface Soaked {
  readonly statistics: CpuStatistics;
  /** How often each kind of task was run. */
  readonly kinds: Readonly<Record<string, number>>;
  /** Resident memory in MiB after the first tenth, and at the end. */
  readonly memory: readonly [number, number];
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
  let early = 0;
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
      if (early === 0 && done * 10 >= tasks) early = megabytes();
    }
    // A thread that dies late, on a machine that is busy, counts as leaked, and
    // is gone in the end.
    for (
      let look = 0;
      look < 1000 && cpu.statistics().workers.some(isLeaked);
    ) {
      yield* sleep(10);
      look++;
    }
    return cpu.statistics();
  }, { workers: 2, grace: 2 }));
  return { statistics, kinds, memory: [early, megabytes()] };
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

function isLeaked({ state }: WorkerStatistics): boolean {
  return state === "leaked";
}

function megabytes(): number {
  return Math.round(Deno.memoryUsage().rss / 2 ** 20);
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
  assert(!statistics.workers.some(isLeaked));
}

if (import.meta.main) {
  const [tasks = "100000", seed = "1"] = Deno.args;
  const start = performance.now();
  const soaked = await soak(Number(tasks), Number(seed));
  checkSoaked(soaked);
  console.log(JSON.stringify(
    {
      seconds: Math.round((performance.now() - start) / 100) / 10,
      ...soaked,
      statistics: { ...soaked.statistics, workers: undefined },
    },
    undefined,
    2,
  ));
  const [early, end] = soaked.memory;
  assert(end < early + 100, `memory grew from ${early} to ${end} MiB`);
}
