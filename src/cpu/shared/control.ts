// The words that the loop and one worker share beside their rings. Every word
// that one side writes often has a cache line of its own.
//
// This file is bundled into the worker: it imports nothing of ours.

/** Places in the control memory, in 32-bit words. */
export const WORD = {
  /** Requests: written by the worker, then by the loop. */
  requestHead: 0,
  requestTail: 16,
  /** Replies: written by the loop, then by the worker. */
  replyHead: 32,
  replyTail: 48,
  /** 1 while the worker sleeps until its bell rings. */
  workerParked: 64,
  /** Counts the rings of the worker's bell. */
  workerBell: 65,
  /** 1 while the worker sleeps because the reply ring is full. */
  workerWantsSpace: 66,
  /** Counts the times that the loop made space in the reply ring. */
  spaceBell: 67,
  /** 1 while the loop sleeps until its bell rings. */
  hostParked: 80,
  /** Counts the rings of the loop's bell. */
  hostBell: 81,
  /** 1 while the loop has frames that the request ring had no space for. */
  hostWantsSpace: 82,
  /** What the worker is doing: one of STATE. */
  state: 96,
  /** The number of the running task, 0 for none. */
  current: 97,
  /** The number of the task that is to stop, 0 for none. */
  cancel: 98,
  /** The number of the stream whose reader has left, 0 for none. */
  leave: 99,
  /** How much the running stream may have sent in all; counts upwards. */
  credit: 100,
  /** 1 once the worker has been asked to exit. */
  exit: 101,
  /** The number of the task that the progress belongs to. */
  progressOf: 103,
  /** 1 when the worker is about to be killed: it must not begin to load. */
  doomed: 104,
} as const;

/** Places in the control memory, in 64-bit numbers. */
export const NUMBER_WORD = {
  /** The newest progress reported. */
  progress: 56,
  /**
   * When the running task started, in milliseconds since the epoch; 0 while its
   * module loads, and for a task without a timeout.
   */
  startedAt: 57,
} as const;

/** What a worker is doing. */
export const STATE = {
  /** Its bootstrap has not ended: the kill switch is not armed yet. */
  starting: 0,
  idle: 1,
  /** Synchronous code of a task runs. */
  running: 2,
  /** A module is fetched, parsed or linked: killing now panics the process. */
  loading: 3,
  /** The top level of a module runs. */
  evaluating: 4,
  /** An asynchronous task waits for something. */
  waiting: 5,
  exiting: 6,
} as const;

/** Bytes of control memory. */
export const CONTROL_BYTES = 512;
