/**
 * Time and order under your control, for tests of concurrent programs.
 *
 * @module
 */

export {
  assertCheckpoints,
  assertNoCheckpoints,
} from "./assert_checkpoints.ts";
export { Autojump, type JumpingClock } from "./autojump.ts";
export { checkChannel, type CheckChannelOptions } from "./check_channel.ts";
export { checkLockLike, type CheckLockLikeOptions } from "./check_lock_like.ts";
export {
  checkNurseryLike,
  type CheckNurseryLikeOptions,
} from "./check_nursery_like.ts";
export {
  concurrencyTest,
  type ConcurrencyTestOptions,
} from "./concurrency_test.ts";
export { setDefaultClock } from "../core/default_clock.ts";
export {
  NoCheckpoint,
  SequenceBroken,
  UnexpectedCheckpoint,
} from "./errors.ts";
export {
  Deadlock,
  EndlessInterleaving,
  NotDeterministic,
  PromiseOverdue,
  ReplayDiverged,
} from "./exploration_errors.ts";
export { type Exploration, explore } from "./explore.ts";
export type { ExploreOptions } from "./explore_options.ts";
export {
  InterleavingFailed,
  type InterleavingReport,
} from "./interleaving_failed.ts";
export { type Leak, Leaked } from "./leaked.ts";
export type { LockLike } from "./lock_like.ts";
export type { NurseryLike } from "./nursery_like.ts";
export { replay } from "./replay.ts";
export { Sequencer } from "./sequencer.ts";
export { VirtualClock, type VirtualClockOptions } from "./virtual_clock.ts";
export {
  waitAllTasksBlocked,
  type WaitAllTasksBlockedOptions,
} from "./wait_all_tasks_blocked.ts";
