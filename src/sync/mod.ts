/**
 * How tasks take turns: locks, semaphores, limiters, events, conditions and
 * barriers, all first come, first served.
 *
 * @module
 */

export { BrokenResource } from "../core/errors.ts";
export { BusyResource, WouldBlock } from "../core/room_errors.ts";
export {
  Barrier,
  type BarrierOptions,
  type BarrierStatistics,
} from "./barrier.ts";
export {
  CapacityLimiter,
  type CapacityLimiterOptions,
  type CapacityLimiterStatistics,
} from "./capacity_limiter.ts";
export {
  Condition,
  type ConditionOptions,
  type ConditionStatistics,
} from "./condition.ts";
export {
  ConflictDetector,
  type ConflictDetectorOptions,
} from "./conflict_detector.ts";
export { Event, type EventOptions, type EventStatistics } from "./event.ts";
export { Lock, type LockOptions, type LockStatistics } from "./lock.ts";
export {
  RwLock,
  type RwLockOptions,
  type RwLockStatistics,
} from "./rw_lock.ts";
export {
  Semaphore,
  type SemaphoreOptions,
  type SemaphoreStatistics,
} from "./semaphore.ts";
