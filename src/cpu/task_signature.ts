// The types of what crosses: what a task may be called with, and what a call of
// it answers. `any` here means "of whatever type".
// deno-lint-ignore-file no-explicit-any
import type {
  SharedArray as ArrayTwin,
  SharedChannel as ChannelTwin,
  SharedCounter as CounterTwin,
  SharedLock as LockTwin,
  SharedSemaphore as SemaphoreTwin,
} from "./worker/shared_types.ts";
import type { Moved } from "./worker/moved.ts";
import type { SharedArray } from "./shared_array.ts";
import type { SharedChannel } from "./shared_channel.ts";
import type { SharedCounter } from "./shared_counter.ts";
import type { SharedLock } from "./shared_lock.ts";
import type { SharedSemaphore } from "./shared_semaphore.ts";

/**
 * What stands in for the type of an argument that cannot cross to a worker: no
 * value fits it, and its name says why.
 *
 * @example What the compiler refuses
 * ```ts
 * import { inline, type Send } from "espalier/cpu";
 * import assert from "node:assert/strict";
 *
 * const visit = inline((url: URL) => url.href);
 * // cpu.run(visit, new URL("https://deno.com")) does not compile:
 * type Arguments = Send<[URL]>; // [NotCloneable<"this cannot cross to a worker">]
 * const none: Arguments[] = [];
 * assert.equal(visit.name, "anonymous");
 * assert.equal(none.length, 0);
 * ```
 */
export interface NotCloneable<Why extends string> {
  /** Why it cannot cross. */
  readonly __notCloneable: Why;
}

/** What an argument may be given as: itself, moved, or the loop's side of it. */
type Given<T> = 0 extends 1 & T ? any
  :
    | T
    | Moved<T>
    | (T extends CounterTwin ? SharedCounter
      : T extends ArrayTwin ? SharedArray
      : T extends LockTwin ? SharedLock
      : T extends SemaphoreTwin ? SharedSemaphore
      : T extends ChannelTwin<infer V> ? SharedChannel<V>
      : never);

type Refused =
  | ((...args: never[]) => unknown)
  | symbol
  | Promise<unknown>
  | URL
  | Headers
  | AbortSignal
  | Request
  | Response;

/**
 * What an argument of type `T` may be given as: a `T`, a moved `T`, for a shared
 * primitive the loop's side of it; {@linkcode NotCloneable} for what Deno would
 * refuse or empty.
 *
 * @example Plain data goes as it is
 * ```ts
 * import type { Sendable } from "espalier/cpu";
 * import assert from "node:assert/strict";
 *
 * const bytes: Sendable<Uint8Array> = new Uint8Array(4);
 * assert.equal((bytes as Uint8Array).length, 4);
 * ```
 */
export type Sendable<T> = 0 extends 1 & T ? T
  : [T] extends [never] ? T
  : Extract<T, Refused> extends never ? Given<T>
  : NotCloneable<"this cannot cross to a worker">;

/**
 * What the arguments of a task may be given as, each as {@linkcode Sendable}.
 *
 * @example The arguments of a task that takes a number and bytes
 * ```ts
 * import { move, type Send } from "espalier/cpu";
 * import assert from "node:assert/strict";
 *
 * const args: Send<[number, Uint8Array]> = [3, move(new Uint8Array(8))];
 * assert.equal(args[0], 3);
 * ```
 */
export type Send<A extends readonly unknown[]> = {
  [I in keyof A]: Sendable<A[I]>;
};
