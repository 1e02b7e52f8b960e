import type { HostLink } from "../transport/host_link.ts";
import type { Job } from "./job.ts";

/** The longest a timer can wait. */
const MOST = 2 ** 31 - 1;

/**
 * Calls `late` when a job that was sent is still there `patience` milliseconds
 * after it started: its code did not heed the deadline, of which the worker
 * has told it.
 */
export function watchDeadline(
  job: Job,
  link: HostLink,
  patience: number,
  late: () => void,
): void {
  const look = () => {
    if (job.state !== "sent") return;
    const now = performance.timeOrigin + performance.now();
    const starts = link.current === job.id ? link.startedAt : now;
    const left = starts + patience - now;
    if (left > 1) job.timer = setTimeout(look, Math.min(left, MOST));
    else late();
  };
  job.timer = setTimeout(look, Math.min(patience, MOST));
}
