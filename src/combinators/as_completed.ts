import * as Cause from "npm:effect@^4.1.0/Cause";
import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Exit from "npm:effect@^4.1.0/Exit";
import * as Result from "npm:effect@^4.1.0/Result";
import type * as Scope from "npm:effect@^4.1.0/Scope";
import type { ReceiveChannel, SendChannel } from "../channels/channel.ts";
import { openMemoryChannel } from "../channels/memory_channel.ts";
import type { ErrorOf, ServicesOf, SuccessOf } from "../core/body.ts";
import { watchChildren } from "../core/child_watch.ts";
import { checkpointIfCancelled } from "../core/checkpoint.ts";
import { type Outcome, outcomeOf } from "../core/outcome.ts";
import { openNursery } from "../core/scoped_nursery.ts";
import type { Nursery } from "../core/task.ts";
import {
  concurrencyOf,
  type Crew,
  type Member,
  membersOf,
  startInTurn,
} from "./_members.ts";
import type { MemberBody, ResultOf } from "./bodies.ts";

/** Options for {@linkcode asCompleted}. */
export interface AsCompletedOptions {
  /** How many bodies may run at once; all of them by default. */
  readonly concurrency?: number;
}

/**
 * How one of several bodies ended, and which one it was.
 *
 * @example Count what went well
 * ```ts
 * import { asCompleted, type Completed, run } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * const succeeded = (it: Completed<unknown, unknown>) => it._tag === "Succeeded";
 * const count = Effect.scoped(Effect.gen(function* () {
 *   const outcomes = yield* asCompleted([Effect.succeed(1), Effect.fail("no")]);
 *   const first = yield* outcomes.receive;
 *   const second = yield* outcomes.receive;
 *   return [first, second].filter(succeeded).length;
 * }));
 * assert.equal(await run(count), 1);
 * ```
 *
 * @typeParam A What it succeeds with.
 * @typeParam E How it can fail.
 */
export type Completed<A, E> = Outcome<A, E> & {
  /** The place of the body among the others, counted from 0. */
  readonly index: number;
};

/**
 * Runs all bodies at once and answers with a channel of their outcomes, each as
 * soon as it is there.
 *
 * The bodies run until Effect's scope closes: leave it early, and the rest are
 * cancelled. A body that fails concerns nobody but who reads its outcome. The
 * channel ends after the last outcome.
 *
 * - **Order:** outcomes are in the order in which the bodies finished; `index`
 *   tells which one it was. With `concurrency`, a body starts when an earlier
 *   one has ended.
 * - **Cancellation:** a checkpoint, also without bodies. Closing Effect's scope
 *   cancels the bodies still running, starts no more, and waits for the last
 *   cleanup. When every receive handle has been closed, the same happens as soon
 *   as the next body ends.
 * - **Failure:** an outcome like any other. Only a defect in the cleanup of a
 *   body that was cancelled, which nobody would read, fails the closing.
 * - **Backpressure:** none: no outcome waits to be read.
 *
 * @example The first two of three
 * ```ts
 * import { asCompleted, run, sleep } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * const firstTwo = Effect.scoped(Effect.gen(function* () {
 *   const outcomes = yield* asCompleted([
 *     sleep(60_000),
 *     sleep(2),
 *     sleep(1),
 *   ]);
 *   const first = yield* outcomes.receive;
 *   const second = yield* outcomes.receive;
 *   return [first.index, second.index];
 * }));
 * assert.deepEqual(await run(firstTwo), [2, 1]);
 * ```
 *
 * @typeParam B The type of a body.
 * @param bodies The bodies, read when `asCompleted` is called.
 * @param options How many may run at once.
 * @returns The channel of outcomes.
 * @throws {RangeError} If `concurrency` is neither a positive integer nor Infinity.
 * @throws {TypeError} If `bodies` cannot be iterated over.
 */
export function asCompleted<B extends MemberBody>(
  bodies: Iterable<B>,
  options: AsCompletedOptions = {},
): Effect.Effect<
  ReceiveChannel<Completed<SuccessOf<ResultOf<B>>, ErrorOf<ResultOf<B>>>>,
  never,
  ServicesOf<ResultOf<B>> | Scope.Scope
> {
  const action = "take results as they complete";
  const limit = concurrencyOf(options.concurrency ?? Infinity, action);
  const members = membersOf(bodies, action);
  const opened = openNursery(
    { name: NAME, onChildFailure: "isolate" },
    (n) => {
      const [send, receive] = openMemoryChannel<Completed<unknown, unknown>>(
        members.length,
        { name: NAME },
      );
      const finishers = new Finishers(n, send);
      let at = 0;
      startInTurn(() => members[at++], limit, finishers);
      finishers.endIfLast();
      return receive;
    },
  );
  return Effect.flatMap(checkpointIfCancelled, () => opened) as Effect.Effect<
    ReceiveChannel<never>,
    never,
    ServicesOf<ResultOf<B>> | Scope.Scope
  >;
}

const NAME = "asCompleted";

/** Sends each outcome on its way, and closes behind the last one. */
class Finishers implements Crew {
  onPlaceFree: () => void = () => {};
  readonly #nursery: Nursery<unknown, unknown>;
  readonly #send: SendChannel<Completed<unknown, unknown>>;
  #running = 0;

  constructor(
    nursery: Nursery<unknown, unknown>,
    send: SendChannel<Completed<unknown, unknown>>,
  ) {
    this.#nursery = nursery;
    this.#send = send;
    watchChildren(nursery, (place, exit) => {
      const isTaken = this.#completed(exit, place);
      this.onPlaceFree();
      this.endIfLast();
      return isTaken;
    });
  }

  start({ body }: Member): void {
    if (this.#nursery.cancelScope.cancellation !== undefined) return;
    this.#running++;
    this.#nursery.startSoon(body as never);
  }

  endIfLast(): void {
    if (this.#running === 0) this.#send.close();
  }

  /** Answers whether the nursery need not mind how the body ended. */
  #completed(exit: Exit.Exit<unknown, unknown>, index: number): boolean {
    this.#running--;
    const { cancelScope } = this.#nursery;
    const wasCancelled = cancelScope.cancellation !== undefined;
    const sent = this.#send.trySend({ ...outcomeOf(exit), index });
    if (Result.isSuccess(sent) && !wasCancelled) return true;
    if (!wasCancelled) cancelScope.cancel("nobody receives the outcomes");
    return Exit.isSuccess(exit) || !Cause.hasDies(exit.cause);
  }
}
