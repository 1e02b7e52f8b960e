// How fairly does each lock share itself out among tasks that all want it all
// the time?
//
//     deno run --lock=bench/deno.lock bench/sync/fairness_bench.ts

import { Mutex } from "npm:async-mutex@0.5.0";
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import * as EffectSemaphore from "effect/Semaphore";
import { checkpoint, Lock, nursery, run, RwLock, Semaphore } from "espalier";
import { CapacityLimiter } from "espalier/sync";
import { note, type Row, table } from "../harness.ts";

const TASKS = 8;
const VISITS = 4000;

/** Who was inside, visit by visit. */
type Visitors = number[];

type Contest = () => Promise<Visitors>;

/** One worker does nothing else; the others rest a little after each visit. */
const CONTESTS: Record<string, Contest> = {
  "Effect's Semaphore": () => {
    const semaphore = EffectSemaphore.makeUnsafe(1);
    return contest((body) => semaphore.withPermits(1)(body));
  },
  "async-mutex": contestOfPromises,
  "a lock that is tried in a loop": () => {
    const lock = new Lock();
    return contest((body) =>
      Effect.gen(function* () {
        while (Result.isFailure(lock.tryAcquire())) yield* checkpoint;
        yield* body;
        lock.release();
      })
    );
  },
  "Lock": () => {
    const lock = new Lock();
    return contest((body) => lock.withLock(body));
  },
  "Semaphore": () => {
    const semaphore = new Semaphore(1);
    return contest((body) => semaphore.withPermit(body));
  },
  "CapacityLimiter": () => {
    const limiter = new CapacityLimiter(1);
    return contest((body) => limiter.withToken(body));
  },
  "RwLock, one reader in two": () => {
    const lock = new RwLock();
    return contest((body, worker) =>
      worker % 2 === 0 ? lock.withRead(body) : lock.withWrite(body)
    );
  },
};

await table(`Jain's index of the visits of ${TASKS} tasks`, rows(jain), {
  unit: "of 1",
  rounds: 3,
});
note(
  "1 is a perfect share, 1/8 is everything for one. One task comes back at " +
    "once, the others rest for a turn: a lock that lets a task push in gives " +
    "that one more.",
);

await table("the longest that one task had to wait", rows(longestWait), {
  unit: "visits",
  rounds: 3,
});
note(
  `Visits of others between two of one's own. First come, first served: no ` +
    `more than ${TASKS - 1} where all wait.`,
);

function rows(judge: (visitors: Visitors) => number): Row[] {
  return Object.entries(CONTESTS).map(([name, contest]) => ({
    name,
    measure: async () => judge(await contest()),
  }));
}

function jain(visitors: Visitors): number {
  const counts = Array.from({ length: TASKS }, () => 0);
  for (const worker of visitors) counts[worker]!++;
  const squares = counts.reduce((sum, count) => sum + count ** 2, 0);
  return visitors.length ** 2 / (TASKS * squares);
}

function longestWait(visitors: Visitors): number {
  const last = new Map<number, number>();
  let longest = 0;
  for (let worker = 0; worker < TASKS; worker++) last.set(worker, -1);
  visitors.forEach((worker, at) => {
    longest = Math.max(longest, at - last.get(worker)! - 1);
    last.set(worker, at);
  });
  for (const at of last.values()) {
    longest = Math.max(longest, visitors.length - at - 1);
  }
  return longest;
}

async function contest(
  hold: (body: Effect.Effect<void>, worker: number) => Effect.Effect<void>,
): Promise<Visitors> {
  const visitors: Visitors = [];
  const visit = (worker: number) =>
    hold(
      Effect.andThen(
        Effect.sync(() => {
          if (visitors.length < VISITS) visitors.push(worker);
        }),
        Effect.yieldNow,
      ),
      worker,
    );
  await run(nursery(function* (n) {
    for (let worker = 0; worker < TASKS; worker++) {
      n.startSoon(function* () {
        while (visitors.length < VISITS) {
          yield* visit(worker);
          if (worker > 0) yield* checkpoint;
        }
      });
    }
    yield* Effect.void;
  }));
  return visitors;
}

async function contestOfPromises(): Promise<Visitors> {
  const visitors: Visitors = [];
  const mutex = new Mutex();
  await Promise.all(Array.from({ length: TASKS }, async (_, worker) => {
    while (visitors.length < VISITS) {
      await mutex.runExclusive(() => {
        if (visitors.length < VISITS) visitors.push(worker);
        return Promise.resolve();
      });
      if (worker > 0) await Promise.resolve();
    }
  }));
  return visitors;
}
