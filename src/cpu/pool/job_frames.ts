import { REPLY } from "../transport/frame_kinds.ts";
import type { Frame } from "../transport/frame_ring.ts";
import { isOffered, refuseCall } from "./host_service.ts";
import type { Job } from "./job.ts";

/**
 * Hands on what a job says from its worker: items, calls to the loop, progress.
 *
 * @returns Whether it was the last that it says.
 */
export function hearOf(job: Job, { kind, values, extra }: Frame): boolean {
  if (kind === REPLY.item) {
    job.owner.item?.(values[0], extra);
    return false;
  }
  if (kind === REPLY.hostCall) {
    const [given, ...args] = values;
    const name = String(given);
    if (isOffered(job, name)) job.owner.hostCall?.(name, args, extra);
    else refuseCall(job, name, extra);
    return false;
  }
  const progress = kind === REPLY.end ? values[0] : values[1];
  if (typeof progress === "number") job.tellProgress(progress);
  return true;
}
