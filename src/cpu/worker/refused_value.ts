import { inspectSendable, type Unsendable } from "../../wire/sendable.ts";

/** The first part of a value that a task cannot send to the loop. */
export function refusedValue(
  value: unknown,
  path: string,
  transfer: readonly unknown[] = [],
): Unsendable | undefined {
  const { unsendable, sharedPath } = inspectSendable(value, path, transfer);
  if (unsendable !== undefined || sharedPath === undefined) return unsendable;
  const kind = "a worker's end of shared memory: the loop has its own";
  return { path: sharedPath, kind };
}
