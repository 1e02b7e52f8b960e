import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Effectable from "npm:effect@^4.1.0/Effectable";
import * as Exit from "npm:effect@^4.1.0/Exit";
import * as Option from "npm:effect@^4.1.0/Option";
import { noteHandedOver, noteRejection } from "./_failure_origin.ts";
import { currentRequester } from "./_requester.ts";
import { allBridges } from "./_bridges.ts";
import { abortQuietly } from "./_scope_signal.ts";
import { currentScope } from "./_current_scope.ts";
import { scopeOf } from "./_strand.ts";
import { type AnyExit, isOnlyInterrupted, stateOf } from "./_exit_state.ts";
import { TaskNode, type TaskState } from "./_task_node.ts";
import { Cancellation } from "./cancellation.ts";
import { checkpoint } from "./checkpoint.ts";
import { rejectionOf } from "./error_group.ts";
import { type Outcome, outcomeOf, resultOf } from "./outcome.ts";
import {
  cancelledExit,
  type PromiseOptions,
  settlePromise,
} from "./_promise_call.ts";
import { suspendFiber } from "./suspend_task.ts";

/**
 * What stands behind a future and can be asked to stop.
 *
 * @example A future of something of one's own
 * ```ts
 * import { type Cancellation, Future, type FutureSource } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const asked: Cancellation[] = [];
 * const source: FutureSource = {
 *   label: "a download",
 *   path: "a download",
 *   status: "running",
 *   cancelWith: (cancellation) => asked.push(cancellation),
 * };
 * new Future<void>(source).cancel("not needed");
 * assert.equal(asked.length, 1);
 * ```
 */
export interface FutureSource {
  /** How it is called, as in `task "main/crawl"`. */
  readonly label: string;
  /** The path of the task, or what stands for it. */
  readonly path: string;
  /** What it is doing. */
  readonly status: Future<unknown, unknown>["status"] | "waiting";
  /** Asks it to stop. */
  cancelWith(cancellation: Cancellation): void;
}

/**
 * The writing end of a future that somebody settles by hand.
 *
 * @example Only the first settlement counts
 * ```ts
 * import { Future, type Resolver } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const made = Future.make<number, string>();
 * const resolver: Resolver<number, string> = made.resolver;
 * assert.equal(resolver.succeed(1), true);
 * assert.equal(resolver.fail("too late"), false);
 * ```
 */
export interface Resolver<in A, in E> {
  /** Settles with a value; `false` where it was settled already. */
  succeed(value: A): boolean;
  /** Settles with a typed failure; `false` where it was settled already. */
  fail(error: E): boolean;
  /** Settles with a defect; `false` where it was settled already. */
  die(defect: unknown): boolean;
}

/** Settles the future of a task; its nursery may tell of a failure as well. */
export let settleFuture: (
  future: Future<unknown, unknown>,
  exit: AnyExit,
  isReported?: boolean,
) => boolean;

/** Was the result delivered to somebody? */
export let wasTaken: (future: Future<unknown, unknown>) => boolean;

/**
 * Calls `listener` once with the exit of a future, at once where it is there;
 * answers how to call it off. A listener must only mark and queue; it answers
 * whether it takes the result, so that nobody else has to.
 */
export let whenSettled: (
  future: Future<unknown, unknown>,
  listener: (exit: AnyExit) => boolean,
) => () => void;

/**
 * A result that is there now or later: the reading end of a cell that is
 * written once.
 *
 * A future is an Effect: `yield* future` waits and takes the result, as often
 * as one likes. It is not a promise: `await` needs `future.promise()`.
 *
 * - **Order:** waiters are woken first come, first served.
 * - **Cancellation:** waiting is a checkpoint, and a waiter that is cancelled
 *   leaves no trace: waiting never cancels the task behind. `cancel` does.
 * - **Failure:** that of the task. Where the task was cancelled and the waiter
 *   was not, the defect `TaskCancelled`; ask `outcome` if that is an ordinary
 *   answer.
 *
 * @example Start now, take the result later
 * ```ts
 * import { nursery, run } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * const sum = nursery(function* (n) {
 *   const one = n.startSoon(Effect.succeed(1));
 *   const two = n.startSoon(Effect.succeed(2));
 *   return (yield* one) + (yield* two);
 * });
 * assert.equal(await run(sum), 3);
 * ```
 *
 * @typeParam A What it succeeds with.
 * @typeParam E How it can fail.
 */
export class Future<out A, out E = never> extends Effectable.Class<A, E> {
  #exit: Exit.Exit<A, E> | undefined = undefined;
  #waiters: Set<(exit: AnyExit) => void> | undefined = undefined;
  #source: FutureSource | undefined;
  /** How many have been handed its result. */
  #takers = 0;
  /** Does its nursery fail with its failure as well? */
  #isReported = false;

  /**
   * Use {@linkcode Future.make}, {@linkcode Future.fromPromise} or
   * `nursery.startSoon`.
   *
   * @param source What stands behind it; nothing, for one made by hand.
   */
  constructor(source?: FutureSource) {
    super();
    this.#source = source;
  }

  /**
   * Makes a future and the resolver that settles it.
   *
   * @example Settle from a callback
   * ```ts
   * import { Future, run } from "espalier";
   * import assert from "node:assert/strict";
   *
   * const { future, resolver } = Future.make<string>();
   * setTimeout(() => resolver.succeed("now"), 1);
   * assert.equal(await run(future), "now");
   * ```
   *
   * @returns Both ends.
   */
  static make<A, E = never>(): {
    future: Future<A, E>;
    resolver: Resolver<A, E>;
  } {
    const future = new Future<A, E>();
    return {
      future,
      resolver: {
        succeed: (value) => future.#settle(Exit.succeed(value)),
        fail: (error) => future.#settle(Exit.fail(error)),
        die: (defect) => future.#settle(Exit.die(defect)),
      },
    };
  }

  /**
   * Calls `fn` now and answers its promise as a typed future.
   *
   * `cancel` aborts the signal; with `onCancel: "wait"`, the default, the
   * future is settled when the promise is, with `"abandon"` at once.
   *
   * @example Type the failure
   * ```ts
   * import { Future, run } from "espalier";
   * import assert from "node:assert/strict";
   * import * as Effect from "effect/Effect";
   *
   * const future = Future.fromPromise(
   *   () => Promise.reject(new Error("404")),
   *   { catch: () => "not found" as const },
   * );
   * assert.equal(await run(Effect.flip(future)), "not found");
   * ```
   *
   * @param fn Handed the signal.
   * @param options How to type a rejection, and what to do when cancelled.
   * @returns The future.
   */
  static fromPromise<A, E = never>(
    fn: (signal: AbortSignal) => PromiseLike<A>,
    options: PromiseOptions<E> = {},
  ): Future<A, E> {
    const controller = new AbortController();
    let cancelling = false;
    const future: Future<A, E> = new Future<A, E>({
      label: "a promise",
      path: "a promise",
      get status() {
        return cancelling ? "cancelling" as const : "running" as const;
      },
      cancelWith(cancellation) {
        cancelling = true;
        if (options.onCancel === "abandon") {
          letGo();
          future.#settle(cancelledExit(cancellation));
        }
        abortQuietly(controller, cancellation);
      },
    });
    const letGo = settlePromise(fn, controller.signal, options, (exit) => {
      future.#settle(exit);
    });
    return future;
  }

  static {
    settleFuture = (future, exit, isReported) =>
      future.#settle(exit as Exit.Exit<never>, isReported);
    wasTaken = (future) => future.#takers > 0;
    whenSettled = (future, listener) => future.#whenSettled(listener);
  }

  /**
   * Waits, and answers how it ended; never fails.
   *
   * - **Cancellation:** a checkpoint; only of the waiter.
   */
  get outcome(): Effect.Effect<Outcome<A, E>> {
    return this.#wait((exit) => Exit.succeed(outcomeOf(exit)));
  }

  /** What the task behind it is doing, or how it ended. */
  get status(): Exclude<TaskState, "waiting"> {
    if (this.#exit !== undefined) return stateOf(this.#exit);
    const status = this.#source?.status ?? "pending";
    return status === "waiting" ? "running" : status;
  }

  /**
   * Looks without waiting.
   *
   * @returns How it ended, or `None` while it has not.
   */
  poll(): Option.Option<Outcome<A, E>> {
    if (this.#exit === undefined) return Option.none();
    return Option.some(outcomeOf(this.#exit));
  }

  /**
   * Cancels the task behind it and nothing else; a future made by hand is
   * settled as cancelled.
   *
   * @param reason Why, for people.
   */
  cancel(reason?: unknown): void {
    if (this.#exit !== undefined) return;
    const cancellation = new Cancellation({
      reason: { _tag: "Explicit", message: reason },
      scope: this.#source?.path ?? "future",
      ...currentRequester(),
    });
    if (this.#source !== undefined) this.#source.cancelWith(cancellation);
    else this.#settle(cancelledExit(cancellation));
  }

  /**
   * Answers a promise for the result. A future is not a promise itself, so that
   * handing one out of an async function does not wait for it.
   *
   * - **Failure:** rejects as `run` does: with the failure itself, an
   *   `ErrorGroup`, or `Cancelled`. A rejection that nobody handles ends the
   *   process only where the failure would be lost with it: not where the
   *   nursery fails with it as well, nor that of a task that was cancelled.
   *
   * @returns The promise.
   */
  promise(): Promise<A> {
    const { promise, resolve, reject } = Promise.withResolvers<A>();
    const task = currentScope()?.owner;
    const take = (exit: AnyExit) => {
      if (Exit.isSuccess(exit)) return resolve(exit.value as A);
      const rejection = rejectionOf(exit.cause);
      noteRejection(rejection, exit.cause);
      noteHandedOver(task, exit);
      // Nobody has to handle what is told elsewhere, or is no failure.
      if (this.#isReported || isOnlyInterrupted(exit)) promise.catch(() => {});
      reject(rejection);
    };
    this.#takers++;
    if (this.#exit !== undefined) take(this.#exit);
    else {
      allBridges.outbound++;
      this.#addWaiter((exit) => {
        allBridges.outbound--;
        take(exit);
      });
    }
    return promise;
  }

  /**
   * The Effect that `yield*` runs.
   *
   * - **Cancellation:** a checkpoint; only of the waiter.
   *
   * @returns Waits and takes the result.
   */
  override asEffect(): Effect.Effect<A, E> {
    return this.#wait(resultOf);
  }

  #wait<B, E2>(
    answer: (exit: Exit.Exit<A, E>) => Exit.Exit<B, E2>,
  ): Effect.Effect<B, E2> {
    return Effect.withFiber((fiber) => {
      const exit = this.#exit;
      const take = (exit: Exit.Exit<A, E>) => {
        this.#takers++;
        noteHandedOver(scopeOf(fiber)?.owner, exit);
        return answer(exit);
      };
      if (exit) return Effect.flatMap(checkpoint, () => take(exit));
      const source = this.#source;
      const subject = {
        // Cost: a path is as long as the tree is deep, and seldom asked for.
        get label() {
          return `the result of ${source?.label ?? "a future"}`;
        },
        ends: () => source instanceof TaskNode ? [source] : [],
      };
      return suspendFiber<B, E2>(fiber, subject, (settle) => {
        const waiter = (exit: AnyExit) => {
          settle(take(exit as Exit.Exit<A, E>), () => this.#takers--);
        };
        // It may have been settled since the fiber looked.
        if (this.#exit !== undefined) waiter(this.#exit);
        else this.#addWaiter(waiter);
        return () => {
          this.#waiters?.delete(waiter);
          return "aborted";
        };
      });
    });
  }

  #whenSettled(listener: (exit: AnyExit) => boolean): () => void {
    const waiter = (exit: AnyExit) => {
      if (listener(exit)) this.#takers++;
    };
    if (this.#exit !== undefined) waiter(this.#exit);
    else this.#addWaiter(waiter);
    return () => void this.#waiters?.delete(waiter);
  }

  #addWaiter(waiter: (exit: AnyExit) => void): void {
    (this.#waiters ??= new Set()).add(waiter);
  }

  #settle(exit: Exit.Exit<A, E>, isReported = false): boolean {
    if (this.#exit !== undefined) return false;
    this.#exit = exit;
    this.#isReported = isReported;
    this.#source = undefined;
    const waiters = this.#waiters;
    this.#waiters = undefined;
    waiters?.forEach((waiter) => waiter(exit));
    return true;
  }
}
