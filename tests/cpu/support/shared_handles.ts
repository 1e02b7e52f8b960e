// Shared primitives as the loop will make them: memory and a handle to send.

import {
  ChannelMemory,
  channelMemory,
} from "../../../src/cpu/shared/channel_memory.ts";
import type { SharedKind } from "../../../src/cpu/shared/handle.ts";
import { Liveness } from "../../../src/cpu/shared/liveness.ts";
import { LOCK_BYTES, LockMemory } from "../../../src/cpu/shared/lock_memory.ts";
import {
  SEMAPHORE_BYTES,
  SemaphoreMemory,
} from "../../../src/cpu/shared/semaphore_memory.ts";

/** The one table that all workers of a test are in. */
export const liveness = new Liveness();

/** What crosses for a primitive of `kind`. */
export function handleOf(kind: SharedKind, memory: SharedArrayBuffer) {
  const handle = {
    kind,
    memory,
    liveness: liveness.memory,
    name: `shared ${kind}`,
  };
  return { $espalierShared: handle };
}

export function sharedLock() {
  const memory = new SharedArrayBuffer(LOCK_BYTES);
  const lock = new LockMemory(memory, liveness);
  return { lock, handle: handleOf("lock", memory) };
}

export function sharedSemaphore(permits: number) {
  const memory = new SharedArrayBuffer(SEMAPHORE_BYTES);
  const semaphore = new SemaphoreMemory(memory, liveness);
  for (let permit = 0; permit < permits; permit++) semaphore.release(-1);
  return { semaphore, handle: handleOf("semaphore", memory) };
}

export function sharedChannel(capacity: number) {
  const memory = channelMemory(capacity);
  const channel = new ChannelMemory(memory, liveness);
  return { channel, handle: handleOf("channel", memory) };
}
