import type { Job } from "./job.ts";
import type { PoolWorker } from "./pool_worker.ts";

/**
 * Takes the job that has waited longest out of where it waits.
 *
 * @param open All jobs that have not ended, the oldest first.
 */
export function takeOldest(open: Iterable<Job>): Job | undefined {
  for (const job of open) {
    if (job.state === "queued") {
      leaveQueue(job);
      return job;
    }
    if (job.state !== "sent") continue;
    const worker = job.place as PoolWorker;
    const isNext = worker.inFlight.oldest === job;
    if (!isNext && worker.recall(job)) return job;
  }
  return undefined;
}

/** Takes a job out of its queue. */
export function leaveQueue(job: Job): void {
  job.state = "held";
  job.queue?.left();
}
