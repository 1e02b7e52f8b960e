// How the loop waits for what another thread will do: by `Atomics.waitAsync`,
// which blocks nothing, and keeps no process alive either.

import type * as Effect from "npm:effect@^4.1.0/Effect";
import * as Exit from "npm:effect@^4.1.0/Exit";
import { attemptOrWait, type Granted } from "../../core/checkpoint.ts";
import { runningTask } from "../../core/task.ts";
import { Poisoned } from "../errors.ts";
import type { SharedHandle, SharedKind } from "./handle.ts";
import { LOOP_ID } from "./liveness.ts";
import { type Holder, WAIT_SLICE, type WaitPoint } from "./owner_mark.ts";
import { processLiveness } from "./process_liveness.ts";

/** One attempt: what it got, or where to wait before the next one. */
export type LoopAttempt<A, E> = Granted<A, E> | WaitPoint;

/** Attempts, and waits between attempts, until one gets something. */
export function waitShared<A, E>(
  label: string,
  attempt: () => LoopAttempt<A, E>,
): Effect.Effect<A, E> {
  return attemptOrWait<A, E>(
    { label },
    () => {
      const got = attempt();
      return "result" in got ? got : undefined;
    },
    (settle) => {
      let isWaiting = true;
      const turn = async (): Promise<void> => {
        // Terminates: each turn waits until the other side moves, or for a slice.
        while (isWaiting) {
          const got = attempt();
          if ("result" in got) {
            isWaiting = false;
            return void settle(got.result, got.lost);
          }
          await changeAt(got);
          // What woke a waiter that has left belongs to the next one.
          if (!isWaiting) Atomics.notify(got.words, got.word, 1);
        }
      };
      turn();
      return () => {
        isWaiting = false;
        return "aborted";
      };
    },
  );
}

async function changeAt({ words, word, seen, waiters }: WaitPoint) {
  Atomics.add(words, waiters, 1);
  const wait = Atomics.waitAsync(words, word, seen, WAIT_SLICE);
  await wait.value;
  Atomics.sub(words, waiters, 1);
}

/** Who the running task of the loop is to shared primitives. */
export function loopHolder(): Holder {
  return { worker: LOOP_ID, task: runningTask()?.path ?? "the loop" };
}

/** The failure for a primitive that `by` left poisoned. */
export function poisoned(
  name: string,
  by: Holder | undefined,
): Exit.Exit<never, Poisoned> {
  return Exit.fail(new Poisoned(name, by?.worker ?? 0, by?.task ?? ""));
}

/** What crosses to workers for a primitive. */
export function handleOf(
  kind: SharedKind,
  name: string,
  memory: SharedArrayBuffer,
): SharedHandle {
  return { kind, name, memory, liveness: processLiveness().memory };
}
