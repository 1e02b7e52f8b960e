import type { Crew } from "./crew.ts";

/** How many jobs have started and not ended. */
export function runningIn(crew: Crew): number {
  let running = 0;
  for (const { worker } of crew.slots) if (worker?.running) running++;
  for (const worker of crew.leaving) if (worker.running) running++;
  return running;
}
