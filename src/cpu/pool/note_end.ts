import type { Slot } from "./crew.ts";
import type { Job } from "./job.ts";
import type { PoolWorker } from "./pool_worker.ts";

/** Notes in the books of a slot that a job has ended there. */
export function noteEnd(
  slot: Slot,
  worker: PoolWorker,
  job: Job,
  micros: number | undefined,
  now: number,
): void {
  if (micros !== undefined) {
    const ran = micros / 1000;
    slot.run.add(ran);
    slot.wait.add(Math.max(0, now - job.askedAt - ran));
  }
  slot.completed++;
  slot.idleSince = worker.inFlight.size === 0 ? now : job.sentAt;
}
