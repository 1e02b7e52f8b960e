import type { Crew } from "./crew.ts";

/** How many jobs have started and not ended. */
export function runningIn(crew: Crew): number {
  let running = 0;
  for (const { worker } of crew.slots) if (worker?.running) running++;
  for (const worker of crew.leaving) if (worker.running) running++;
  return running;
}

/** Whether no worker will ever be free: each waits for a run that waits. */
export function isDeadlocked(crew: Crew): boolean {
  return crew.slots.every(({ worker }) => {
    const calls = worker?.running?.hostCalls;
    if (calls === undefined) return false;
    for (const call of calls) if (call.waitingFor > 0) return true;
    return false;
  });
}
