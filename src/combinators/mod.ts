/**
 * Many tasks, one answer: gather, race, map, take results as they come, wait for
 * futures.
 *
 * @module
 */

export {
  asCompleted,
  type AsCompletedOptions,
  type Completed,
} from "./as_completed.ts";
export type { Gathered, MemberBody, MembersOf, ResultOf } from "./bodies.ts";
export { gather, type GatherOptions } from "./gather.ts";
export { mapConcurrent, type MapConcurrentOptions } from "./map_concurrent.ts";
export { race } from "./race.ts";
export { type Waited, waitFor, type WaitForOptions } from "./wait_for.ts";
