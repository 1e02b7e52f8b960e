// A shared channel inside a worker.

import { isPlainData } from "../../wire/plain_data.ts";
import { inspectSendable, SHARED_HANDLE } from "../../wire/sendable.ts";
import {
  type ChannelAttempt,
  ChannelMemory,
} from "../shared/channel_memory.ts";
import type { SharedHandle } from "../shared/handle.ts";
import type { Liveness } from "../shared/liveness.ts";
import type { Holder } from "../shared/owner_mark.ts";
import { type FindTask, poisonedOf, waitAt } from "./twin_wait.ts";
import {
  ChannelClosed,
  EndOfChannel,
  NotSerializable,
} from "./worker_errors.ts";

/** A channel whose ends wait by blocking their threads. */
export class ChannelTwin {
  readonly [SHARED_HANDLE]: SharedHandle;
  readonly #memory: ChannelMemory;
  readonly #task: FindTask;

  constructor(handle: SharedHandle, liveness: Liveness, task: FindTask) {
    this[SHARED_HANDLE] = handle;
    this.#memory = new ChannelMemory(handle.memory, liveness);
    this.#task = task;
  }

  send(value: unknown): void {
    const { name } = this[SHARED_HANDLE];
    checkItem(value);
    this.#until(
      (holder) => this.#memory.send(holder, value),
      () => new ChannelClosed("send to", name),
    );
    if (this.#memory.capacity > 0) return;
    // With no room inside, a send ends when its item was received.
    const task = this.#task();
    const item = this.#memory.newest;
    while (!this.#memory.isReceived(item)) {
      waitAt(task, this.#memory.waitPoint);
    }
  }

  receive(): unknown {
    const { name } = this[SHARED_HANDLE];
    this.#until(
      (holder) => this.#memory.receive(holder),
      () => new EndOfChannel(name),
    );
    return this.#memory.takeValue();
  }

  close(): void {
    this.#memory.close();
  }

  #until(
    attempt: (holder: Holder) => ChannelAttempt,
    closed: () => Error,
  ): void {
    const task = this.#task();
    // Terminates: each turn waits until the other side moves.
    for (;;) {
      switch (attempt(task.holder)) {
        case "done":
          return;
        case "closed":
          throw closed();
        case "poisoned":
          throw poisonedOf(this[SHARED_HANDLE], this.#memory.poisonedBy);
        case "tooLarge":
          throw new NotSerializable("value", "too large for a SharedChannel");
        case "wait":
          waitAt(task, this.#memory.waitPoint);
      }
    }
  }
}

function checkItem(value: unknown): void {
  if (isPlainData(value)) return;
  const { unsendable, shared } = inspectSendable(value, "value");
  if (unsendable) throw new NotSerializable(unsendable.path, unsendable.kind);
  if (shared) throw new NotSerializable("value", "a shared primitive");
}
