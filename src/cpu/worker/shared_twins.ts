// The shared primitives inside a worker: the same memory as on the loop, with
// waiting that blocks the thread. A wait ends early when the task is to stop.

import { SHARED_HANDLE } from "../../wire/sendable.ts";
import type { SharedHandle } from "../shared/handle.ts";
import { Liveness } from "../shared/liveness.ts";
import { LockMemory } from "../shared/lock_memory.ts";
import { ArrayMemory, CounterMemory } from "../shared/number_memory.ts";
import { SemaphoreMemory } from "../shared/semaphore_memory.ts";
import { ChannelTwin } from "./channel_twin.ts";
import type { RunningTask } from "./running_task.ts";
import { type FindTask, poisonedOf, waitAt } from "./twin_wait.ts";

/** Makes this thread's object for a handle. */
export function makeTwin(handle: SharedHandle, task: FindTask): unknown {
  const liveness = new Liveness(handle.liveness);
  switch (handle.kind) {
    case "counter":
      return new CounterTwin(handle);
    case "int32":
    case "float64":
      return new ArrayTwin(handle.kind, handle);
    case "lock":
      return new LockTwin(handle, liveness, task);
    case "semaphore":
      return new SemaphoreTwin(handle, liveness, task);
    case "channel":
      return new ChannelTwin(handle, liveness, task);
  }
}

class CounterTwin extends CounterMemory {
  readonly [SHARED_HANDLE]: SharedHandle;

  constructor(handle: SharedHandle) {
    super(handle.memory);
    this[SHARED_HANDLE] = handle;
  }
}

class ArrayTwin extends ArrayMemory {
  readonly [SHARED_HANDLE]: SharedHandle;

  constructor(kind: "int32" | "float64", handle: SharedHandle) {
    super(kind, handle.memory);
    this[SHARED_HANDLE] = handle;
  }
}

class LockTwin {
  readonly [SHARED_HANDLE]: SharedHandle;
  readonly #memory: LockMemory;
  readonly #task: FindTask;

  constructor(handle: SharedHandle, liveness: Liveness, task: FindTask) {
    this[SHARED_HANDLE] = handle;
    this.#memory = new LockMemory(handle.memory, liveness);
    this.#task = task;
  }

  get poisoned(): boolean {
    return this.#memory.poisonedBy !== undefined;
  }

  acquire(): void {
    const task = this.#task();
    // Terminates: each turn waits until the lock changed hands.
    while (!this.#attempt(task)) waitAt(task, this.#memory.waitPoint);
  }

  tryAcquire(): boolean {
    return this.#attempt(this.#task());
  }

  release(): void {
    const task = this.#task();
    if (!this.#memory.release(task.holder.worker)) {
      const { name } = this[SHARED_HANDLE];
      throw new Error(
        `Cannot release ${name}: "${task.name}" does not hold it`,
      );
    }
    task.letGo(this.#held);
  }

  withLock<A>(body: () => A): A {
    this.acquire();
    try {
      return body();
    } finally {
      this.release();
    }
  }

  #attempt(task: RunningTask): boolean {
    const attempt = this.#memory.attempt(task.holder);
    if (attempt === "poisoned") {
      throw poisonedOf(this[SHARED_HANDLE], this.#memory.poisonedBy);
    }
    if (attempt === "done") task.hold(this.#held);
    return attempt === "done";
  }

  /** A task that ends holding a lock has left its work half done. */
  readonly #held = {
    forget: (worker: number) => this.#memory.abandon(worker),
    abandon: (worker: number) => this.#memory.abandon(worker),
  };
}

class SemaphoreTwin {
  readonly [SHARED_HANDLE]: SharedHandle;
  readonly #memory: SemaphoreMemory;
  readonly #task: FindTask;

  constructor(handle: SharedHandle, liveness: Liveness, task: FindTask) {
    this[SHARED_HANDLE] = handle;
    this.#memory = new SemaphoreMemory(handle.memory, liveness);
    this.#task = task;
  }

  acquire(): void {
    const task = this.#task();
    // Terminates: each turn waits until somebody releases.
    while (!this.#attempt(task)) waitAt(task, this.#memory.waitPoint);
  }

  tryAcquire(): boolean {
    return this.#attempt(this.#task());
  }

  release(): void {
    this.#memory.release(this.#task().holder.worker);
  }

  withPermit<A>(body: () => A): A {
    this.acquire();
    try {
      return body();
    } finally {
      this.release();
    }
  }

  #attempt(task: RunningTask): boolean {
    const attempt = this.#memory.attempt(task.holder);
    if (attempt === "poisoned") {
      throw poisonedOf(this[SHARED_HANDLE], this.#memory.poisonedBy);
    }
    if (attempt === "done") task.hold(this.#memory);
    return attempt === "done";
  }
}
