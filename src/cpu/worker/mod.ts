/**
 * What a task that runs in a worker can import: it asks whether it is to stop,
 * says how far it has come, calls back to the loop, and hands its result over
 * instead of copying it.
 *
 * Everything here is harmless outside a worker, so that tasks can be tested as
 * plain functions, and nothing else of Espalier is loaded.
 *
 * @module
 */

export { move, type Moved } from "./moved.ts";
export type { TaskContext } from "./context.ts";
export type {
  SharedArray,
  SharedChannel,
  SharedCounter,
  SharedLock,
  SharedSemaphore,
} from "./shared_types.ts";
export {
  callHost,
  cancelRequested,
  checkCancelled,
  reportProgress,
  signal,
} from "./task_api.ts";
