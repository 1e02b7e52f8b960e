import type * as Exit from "npm:effect@^4.1.0/Exit";
import type { NurseryState } from "./_nursery_state.ts";
import type { Nursery } from "./task.ts";

/**
 * Hears of a child of a nursery that has ended: which one, counted from 0 in the
 * order of spawning, and how. It must only mark, queue and start children, and
 * answers whether it takes the result: the nursery then does not mind it.
 */
export type ChildWatcher = (
  place: number,
  exit: Exit.Exit<unknown, unknown>,
) => boolean;

/**
 * Has the one watcher of a nursery hear of every child: cheaper than to listen to
 * the future of each.
 */
export function watchChildren(
  nursery: Nursery<unknown, unknown>,
  watcher: ChildWatcher,
): void {
  (nursery as NurseryState).watcher = watcher;
}
