/**
 * Tasks, cancel scopes, nurseries, futures and time: what the rest of Espalier
 * stands on.
 *
 * @module
 */

export type {
  Body0,
  Body1,
  ErrorOf,
  Result,
  ServicesOf,
  SuccessOf,
} from "./body.ts";
export type { Eff } from "./any_body.ts";
export type { CancelReason } from "./cancel_reason.ts";
export { CancelScope, type CancelScopeOptions } from "./cancel_scope.ts";
export { Cancellation, type CancellationDetails } from "./cancellation.ts";
export {
  Cancelled,
  NurseryCancelled,
  TaskCancelled,
} from "./cancellation_errors.ts";
export {
  checkpoint,
  checkpointIfCancelled,
  shieldedCheckpoint,
} from "./checkpoint.ts";
export { now, sleep, sleepForever, sleepUntil } from "./clock.ts";
export { currentEffectiveDeadline } from "./effective_deadline.ts";
export { ErrorGroup } from "./error_group.ts";
export {
  BrokenResource,
  ConcurrencyError,
  DeadlineExceeded,
  ExitedWithoutStarting,
} from "./errors.ts";
export { fromPromise } from "./from_promise.ts";
export { Future, type FutureSource, type Resolver } from "./future.ts";
export type { Instrument } from "./instrument.ts";
export { main, type MainOptions } from "./main.ts";
export { nursery, type NurseryOptions, taskGroup } from "./nursery.ts";
export type { Outcome } from "./outcome.ts";
export { ParkingLot, type ParkOptions } from "./parking_lot.ts";
export { cancellationOf, taskPathOf } from "./provenance.ts";
export { BusyResource, WouldBlock } from "./room_errors.ts";
export { run, runExit, type RunOptions } from "./run.ts";
export { RunLocal } from "./run_local.ts";
export { shield } from "./shield.ts";
export { suspendTask } from "./suspend_task.ts";
export {
  currentTask,
  type Nursery,
  type Task,
  type TaskStatus,
} from "./task.ts";
export { type LocalOptions, TaskLocal } from "./task_local.ts";
export {
  cancelScope,
  failAfter,
  failAt,
  moveOnAfter,
  moveOnAt,
  type ScopeOptions,
} from "./timeouts.ts";
export {
  AlreadyInRun,
  AlreadyStarted,
  InternalError,
  NotInRun,
  NurseryClosed,
  ScopeReused,
} from "./usage_errors.ts";
