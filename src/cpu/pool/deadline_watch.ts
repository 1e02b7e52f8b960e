import { DeadlineExceeded } from "../../core/errors.ts";
import type { HostLink } from "../transport/host_link.ts";
import type { Job } from "./job.ts";

/** The longest a timer can wait. */
const MOST = 2 ** 31 - 1;

/**
 * Marks a job late and calls `late` if it is still there `patience`
 * milliseconds after it started: its code did not heed the deadline, of which
 * the worker has told it.
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
    const started = link.current === job.id ? link.startedAt : undefined;
    const left = (started ?? now) + patience - now;
    if (left > 1) job.timer = setTimeout(look, Math.min(left, MOST));
    else {
      job.isUnwanted = true;
      job.stopError = new DeadlineExceeded(
        job.task.name,
        job.task.timeout ?? 0,
      );
      late();
    }
  };
  job.timer = setTimeout(look, Math.min(patience, MOST));
}
