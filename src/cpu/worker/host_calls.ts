// Calls from a task back to the loop, and their answers.

import type { WireFailure } from "../../wire/flatten_failure.ts";
import { reviveFailure } from "../../wire/revive_failure.ts";
import { REPLY } from "../transport/frame_kinds.ts";
import { refusedValue } from "./refused_value.ts";
import type { RunningTask } from "./running_task.ts";
import { NotSerializable } from "./worker_errors.ts";
import type { WorkerLink } from "./worker_link.ts";

/** What the loop answered. */
export interface HostAnswer {
  readonly call: number;
  readonly value?: unknown;
  readonly failure?: WireFailure;
}

interface Waiting {
  readonly task: number;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** The calls that this worker waits for. */
export class HostCalls {
  readonly #link: WorkerLink;
  readonly #waiting = new Map<number, Waiting>();
  readonly #answers: HostAnswer[] = [];
  #calls = 0;

  constructor(link: WorkerLink) {
    this.#link = link;
  }

  /** Calls `name` on the loop for `task`. */
  call(
    task: RunningTask,
    name: string,
    args: readonly unknown[],
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const unsendable = refusedValue(args, "args");
      if (unsendable) {
        throw new NotSerializable(unsendable.path, unsendable.kind);
      }
      const call = this.#calls = (this.#calls + 1) | 0;
      this.#waiting.set(call, { task: task.id, resolve, reject });
      const values = [name, ...args];
      this.#link.send({
        kind: REPLY.hostCall,
        id: task.id,
        extra: call,
        values,
      });
    });
  }

  /** Takes in an answer; `settle` hands it on. */
  arrive(answer: HostAnswer): void {
    this.#answers.push(answer);
    // Order: the code that waits goes on in the serving loop's own turn: see
    // `freshTurn`.
    this.#link.ringSelf();
  }

  /** Hands the answers on that have arrived. */
  settle(): void {
    for (const { call, value, failure } of this.#answers.splice(0)) {
      const waiting = this.#waiting.get(call);
      this.#waiting.delete(call);
      if (failure) waiting?.reject(reviveFailure(failure, () => undefined));
      else waiting?.resolve(value);
    }
  }

  /** Forgets the calls of a task that has ended. */
  forget(task: RunningTask): void {
    for (const [call, waiting] of this.#waiting) {
      if (waiting.task === task.id) this.#waiting.delete(call);
    }
  }
}
