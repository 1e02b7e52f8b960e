// How a shared primitive waits inside a worker: the thread is blocked.

import type { SharedHandle } from "../shared/handle.ts";
import {
  type Holder,
  WAIT_SLICE,
  type WaitPoint,
} from "../shared/owner_mark.ts";
import type { RunningTask } from "./running_task.ts";
import { Poisoned } from "./worker_errors.ts";

/** Finds the task that runs on this thread. */
export type FindTask = () => RunningTask;

/** Blocks until the word changes, for a slice, or until the task is to stop. */
export function waitAt(task: RunningTask, point: WaitPoint): void {
  if (task.isCancelled) throw task.reason;
  const { words, word, seen, waiters } = point;
  Atomics.add(words, waiters, 1);
  Atomics.wait(words, word, seen, WAIT_SLICE);
  Atomics.sub(words, waiters, 1);
}

/** The error for a primitive that `by` left poisoned. */
export function poisonedOf(
  { name }: SharedHandle,
  by: Holder | undefined,
): Poisoned {
  return new Poisoned(name, by?.worker ?? 0, by?.task ?? "");
}
