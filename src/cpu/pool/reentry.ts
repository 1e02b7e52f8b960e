// Runs that wait for their own worker: a task calls the loop, the call waits for
// another task, and that one waits for a worker that only the first could free.

import { ReentryDeadlock } from "../reentry_deadlock.ts";
import type { Crew } from "./crew.ts";
import type { HostCall, Job } from "./job.ts";
import type { Pool } from "./pool.ts";

/** Notes that a call to the loop waits for a job; ends the job if it never can. */
export function waitsFor(call: HostCall, job: Job, pool: Pool): void {
  if (!job.isOpen || call.pool !== pool) return;
  call.waitsFor.add(job);
  if (!isDeadlocked(job, pool.crew)) return;
  const { name, workers } = pool.settings;
  job.defect = new ReentryDeadlock(job.task.name, name, workers);
  pool.cancel(job);
}

/** Whether every worker that a job could get waits for a job that waits so. */
function isDeadlocked(job: Job, crew: Crew): boolean {
  const stuck = new Set<Job>();
  for (const { worker } of crew.slots) {
    const { running } = worker ?? {};
    if (running?.hostCalls !== undefined) stuck.add(running);
  }
  // Terminates: each turn takes one out, or is the last.
  while (!canStart(job, crew, stuck)) {
    const free = [...stuck].find((one) =>
      awaitedBy(one).every((awaited) => canStart(awaited, crew, stuck))
    );
    if (free === undefined) return true;
    stuck.delete(free);
  }
  return false;
}

function awaitedBy(job: Job): Job[] {
  return [...job.hostCalls ?? []].flatMap((call) => [...call.waitsFor])
    .filter((awaited) => awaited.isOpen);
}

/** Whether a job runs, or may get a worker that does not wait for it. */
function canStart(job: Job, crew: Crew, stuck: ReadonlySet<Job>): boolean {
  if (stuck.has(job)) return false;
  const places = crew.slots.filter(({ worker, queue }) =>
    job.state === "sent" ? worker === job.place : queue === job.queue
  );
  // In the queue of all, or held back, it may come to run on any of them.
  return (places.length > 0 ? places : crew.slots).some(({ worker }) => {
    const { running } = worker ?? {};
    return running === undefined || running === job || !stuck.has(running);
  });
}
