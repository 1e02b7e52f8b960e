/**
 * Time under your control, for tests of concurrent programs.
 *
 * @module
 */

export { checkLockLike, type CheckLockLikeOptions } from "./check_lock_like.ts";
export { setDefaultClock } from "../core/default_clock.ts";
export type { LockLike } from "./lock_like.ts";
export { VirtualClock, type VirtualClockOptions } from "./virtual_clock.ts";
