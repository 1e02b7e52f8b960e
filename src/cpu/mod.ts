/**
 * Work on every core, and code that really stops: CPU scopes, tasks, strategies,
 * shared memory.
 *
 * @module
 */

export type { CpuError, Stopped } from "./cpu_error.ts";
export type { CpuFuture } from "./cpu_future.ts";
export {
  type CpuScope,
  cpuScope,
  type CpuScopeOptions,
  type MapOptions,
} from "./cpu_scope.ts";
export type {
  CpuStreamTask,
  CpuTask,
  Limiter,
  TaskOf,
  TaskOptions,
} from "./cpu_task.ts";
export { registerError } from "./error_registry.ts";
export {
  NotSerializable,
  Poisoned,
  QueueFull,
  TaskFailed,
  TaskNotFound,
} from "./errors.ts";
export { inline } from "./inline.ts";
export type { Histogram } from "./pool/histogram.ts";
export type { CpuStatistics, WorkerStatistics } from "./pool/tally.ts";
export { ReentryDeadlock } from "./reentry_deadlock.ts";
export { SharedArray } from "./shared_array.ts";
export { SharedChannel } from "./shared_channel.ts";
export { SharedCounter } from "./shared_counter.ts";
export { SharedLock } from "./shared_lock.ts";
export { SharedSemaphore } from "./shared_semaphore.ts";
export { affinity } from "./strategy/affinity.ts";
export { leastLoaded } from "./strategy/least_loaded.ts";
export { powerOfTwo } from "./strategy/power_of_two.ts";
export { roundRobin } from "./strategy/round_robin.ts";
export type { JobView, Strategy, WorkerView } from "./strategy/strategy.ts";
export { weightedRoundRobin } from "./strategy/weighted_round_robin.ts";
export type { NotCloneable, Send, Sendable } from "./task_signature.ts";
export { move, type Moved } from "./worker/moved.ts";
export type { TaskContext } from "./worker/context.ts";
export { type RemoteModule, workerModule } from "./worker_module.ts";
export { WorkerCrashed, WorkerOutOfMemory } from "./worker_death.ts";
