import type * as Duration from "npm:effect@^4.1.0/Duration";
import { inWords } from "../core/in_words.ts";
import type {
  Body0,
  ErrorOf,
  Result,
  ServicesOf,
  SuccessOf,
} from "../core/body.ts";
import { checkBody } from "../core/check_body.ts";
import { millisOf } from "../core/duration.ts";
import { Future } from "../core/future.ts";
import { FutureArm, ReceiveArm, SendArm, SleepArm } from "./_arms.ts";
import { ReceiveHandle } from "./_receive_handle.ts";
import type { Arm } from "./_selection.ts";
import { SendHandle } from "./_send_handle.ts";
import type { ReceiveChannel, SendChannel } from "./channel.ts";
import type { ChannelBroken, ChannelClosed, EndOfChannel } from "./errors.ts";

/**
 * One of the events that a {@linkcode select} waits for, with the body that
 * follows from it. Made by `onReceive`, `onSend`, `onSleep` and `onFuture`, and
 * good for any number of selects.
 *
 * @example Keep the branches, select again and again
 * ```ts
 * import { type Branch, onReceive, openMemoryChannel, run, select } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * const [send, receive] = openMemoryChannel<number>(2);
 * const doubled = onReceive(receive, (n) => Effect.succeed(2 * n));
 * const branches: ReadonlyArray<Branch<number, unknown>> = [doubled];
 * send.trySend(1);
 * send.trySend(2);
 * assert.equal(await run(select(branches)), 2);
 * assert.equal(await run(select(branches)), 4);
 * ```
 *
 * @typeParam A What its body succeeds with.
 * @typeParam E How the event or the body can fail.
 * @typeParam R Which services the body needs.
 */
export interface Branch<A, E = never, R = never> {
  /** Only in the type. */
  readonly _A: A;
  /** Only in the type. */
  readonly _E: E;
  /** Only in the type. */
  readonly _R: R;
}

/**
 * The branch that takes a value from a channel.
 *
 * A channel that has ended, has failed or is closed is ready too: with its
 * failure, and without the body.
 *
 * @example Whichever channel has something
 * ```ts
 * import { onReceive, openMemoryChannel, run, select } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const [, mail] = openMemoryChannel<string>(1);
 * const [ring, calls] = openMemoryChannel<string>(1);
 * ring.trySend("Ada");
 * const first = select([
 *   onReceive(mail, async (from) => `a letter from ${from}`),
 *   onReceive(calls, async (from) => `a call from ${from}`),
 * ]);
 * assert.equal(await run(first), "a call from Ada");
 * ```
 *
 * @param channel A channel of Espalier.
 * @param f Entered once with the value, when the value has been taken.
 * @returns The branch.
 * @throws {TypeError} If `channel` is no channel of Espalier, or `f` no body.
 */
export function onReceive<T, X extends Result, E0 = never>(
  channel: ReceiveChannel<T, E0>,
  f: (value: T, signal: AbortSignal) => X,
): Branch<
  SuccessOf<X>,
  E0 | ErrorOf<X> | EndOfChannel | ChannelClosed,
  ServicesOf<X>
> {
  checkBody(f);
  if (!(channel instanceof ReceiveHandle)) {
    throw notOurs("receive from", channel);
  }
  return new ArmedBranch(new ReceiveArm(channel.intake, f));
}

/**
 * The branch that sends a value to a channel.
 *
 * A channel that is broken or closed is ready too: with its failure, and
 * without the body.
 *
 * @example Offer, and give up after a while
 * ```ts
 * import { onSend, onSleep, openMemoryChannel, run, select } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const [send, receive] = openMemoryChannel<string>(0);
 * const offered = select([
 *   onSend(send, "figs", async () => "sold"),
 *   onSleep(1, async () => "closed for today"),
 * ]);
 * assert.equal(await run(offered), "closed for today");
 * assert.equal(receive.statistics().waitingSenders, 0);
 * ```
 *
 * @param channel A channel of Espalier.
 * @param value What is sent if this branch happens, and only then.
 * @param f Entered once, when the value has been sent.
 * @returns The branch.
 * @throws {TypeError} If `channel` is no channel of Espalier, or `f` no body.
 */
export function onSend<T, X extends Result>(
  channel: SendChannel<T>,
  value: T,
  f: Body0<X>,
): Branch<
  SuccessOf<X>,
  ErrorOf<X> | ChannelClosed | ChannelBroken,
  ServicesOf<X>
> {
  checkBody(f);
  if (!(channel instanceof SendHandle)) throw notOurs("send to", channel);
  return new ArmedBranch(new SendArm<T>(channel, value, f));
}

/**
 * The branch that happens when a length of time has passed since the select
 * began. Even for 0 it gives way to whatever is ready at once.
 *
 * @example Take what is there, wait for nothing
 * ```ts
 * import { onReceive, onSleep, openMemoryChannel, run, select } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const [, receive] = openMemoryChannel<string>(1);
 * const polled = select([
 *   onReceive(receive, async (value) => value),
 *   onSleep(0, async () => "nothing"),
 * ]);
 * assert.equal(await run(polled), "nothing");
 * ```
 *
 * @param duration How long; a number is milliseconds.
 * @param f Entered once, when the time has passed.
 * @returns The branch.
 * @throws {RangeError} If `duration` is negative or NaN.
 * @throws {TypeError} If `f` is no body.
 */
export function onSleep<X extends Result>(
  duration: Duration.Input,
  f: Body0<X>,
): Branch<SuccessOf<X>, ErrorOf<X>, ServicesOf<X>> {
  checkBody(f);
  return new ArmedBranch(new SleepArm(millisOf(duration, "select"), f));
}

/**
 * The branch that takes the result of a future.
 *
 * A future that has failed is ready too: with its failure, and without the body.
 * One whose task was cancelled is the defect `TaskCancelled`, as when it is
 * waited for in any other way. A branch that does not happen leaves the task
 * running.
 *
 * @example The answer, or a word of comfort
 * ```ts
 * import { Future, onFuture, onSleep, run, select } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const { future, resolver } = Future.make<number>();
 * resolver.succeed(42);
 * const heard = select([
 *   onFuture(future, async (answer) => `it is ${answer}`),
 *   onSleep("1 second", async () => "still thinking"),
 * ]);
 * assert.equal(await run(heard), "it is 42");
 * ```
 *
 * @param future The future.
 * @param f Entered once with the result.
 * @returns The branch.
 * @throws {TypeError} If `future` is no future, or `f` no body.
 */
export function onFuture<A, E, X extends Result>(
  future: Future<A, E>,
  f: (value: A, signal: AbortSignal) => X,
): Branch<SuccessOf<X>, E | ErrorOf<X>, ServicesOf<X>> {
  checkBody(f);
  if (!(future instanceof Future)) {
    throw new TypeError(
      `Cannot wait for a future in a select: it is none: received ${
        inWords(future)
      }`,
    );
  }
  return new ArmedBranch(new FutureArm<A, E>(future, f));
}

/**
 * What a branch does.
 *
 * @throws {TypeError} If it is none of ours.
 */
export function armOf(branch: unknown): Arm {
  if (branch instanceof ArmedBranch) return branch.arm;
  throw new TypeError(
    "Cannot select: a branch is made by onReceive, onSend, onSleep or " +
      `onFuture: received ${inWords(branch)}`,
  );
}

class ArmedBranch<A, E, R> implements Branch<A, E, R> {
  declare readonly _A: A;
  declare readonly _E: E;
  declare readonly _R: R;

  constructor(readonly arm: Arm) {}
}

function notOurs(verb: string, channel: unknown): TypeError {
  return new TypeError(
    `Cannot ${verb} a channel in a select: it is no channel of Espalier: ` +
      `received ${inWords(channel)}`,
  );
}
