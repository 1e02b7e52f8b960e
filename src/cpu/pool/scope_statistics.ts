import type { PoolWorker } from "./pool_worker.ts";
import type { Slot } from "./crew.ts";
import { DurationHistogram } from "./histogram.ts";
import { runningIn } from "./running_jobs.ts";
import type { Pool } from "./pool.ts";
import type { CpuStatistics, WorkerStatistics } from "./tally.ts";

/** What a pool looks like now. */
export function statisticsOf({ tally, crew }: Pool): CpuStatistics {
  const running = runningIn(crew);
  const living = crew.slots.flatMap((slot): WorkerStatistics[] => {
    const worker = slot.worker ??
      [...crew.leaving].find((leaving) => leaving.slot === slot.id);
    if (worker === undefined) return [];
    worker.refreshCpuTime();
    return [statisticsOfWorker(slot, worker)];
  });
  const leaked = crew.leaked.map((worker) => {
    const nobody = new DurationHistogram().snapshot();
    return {
      id: worker.slot,
      state: "leaked" as const,
      inFlight: 0,
      completed: 0,
      run: nobody,
      wait: nobody,
      cpuTime: worker.cpuTime,
    };
  });
  const { submitted, succeeded, failed, cancelled, refused } = tally;
  return {
    workers: [...living, ...leaked],
    submitted,
    queued: tally.open - running,
    running,
    succeeded,
    failed,
    cancelled,
    refused,
    stopped: { ...tally.stopped },
    spawned: crew.spawned,
  };
}

function statisticsOfWorker(
  { id, completed, run, wait }: Slot,
  worker: PoolWorker,
): WorkerStatistics {
  const { state, inFlight, cpuTime } = worker;
  return {
    id,
    state: state === "starting"
      ? "starting"
      : state !== "ready"
      ? "stopping"
      : inFlight.size > 0
      ? "busy"
      : "idle",
    inFlight: inFlight.size,
    completed,
    run: run.snapshot(),
    wait: wait.snapshot(),
    cpuTime,
  };
}
