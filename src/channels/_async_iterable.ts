import * as Exit from "npm:effect@^4.1.0/Exit";
import { rejectionOf } from "../core/error_group.ts";
import { Future, type Resolver } from "../core/future.ts";
import { signalHere } from "../core/signal_here.ts";
import { type Intake, type ReceiveFailure, ReceiveWait } from "./_intake.ts";
import { EndOfChannel } from "./errors.ts";

/**
 * The values of an intake for `for await`.
 *
 * `next()` is called by host code, on behalf of a task or not: it waits in the
 * queue of the outlet without a fiber.
 */
export function iterate<T, E>(intake: Intake<T, E>): AsyncIterable<T> {
  const madeIn = signalHere();
  return {
    [Symbol.asyncIterator]: () =>
      new ValueIterator(intake, signalHere() ?? madeIn),
  };
}

class ValueIterator<T, E> implements AsyncIterator<T, undefined> {
  readonly #intake: Intake<T, E>;
  readonly #signal: AbortSignal | undefined;
  #isDone = false;

  constructor(intake: Intake<T, E>, signal: AbortSignal | undefined) {
    this.#intake = intake;
    this.#signal = signal;
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#signal?.aborted) return Promise.reject(this.#signal.reason);
    const { future, resolver } = Future.make<
      IteratorResult<T, undefined>,
      unknown
    >();
    const granted = this.#intake.attempt(undefined);
    if (granted !== undefined) this.#answer(granted.result, resolver);
    else this.#wait(resolver);
    return future.promise();
  }

  /** The loop was left early. */
  return(): Promise<IteratorResult<T, undefined>> {
    this.#isDone = true;
    this.#intake.close();
    return Promise.resolve(DONE);
  }

  #wait(resolver: Step<T>): void {
    const receiver = new ReceiveWait(this.#intake, undefined, (exit) => {
      this.#signal?.removeEventListener("abort", abort);
      this.#answer(exit, resolver);
    });
    const leave = this.#intake.wait(receiver);
    const abort = () => {
      leave();
      resolver.die(this.#signal?.reason);
    };
    this.#signal?.addEventListener("abort", abort, { once: true });
  }

  #answer(exit: Exit.Exit<T, ReceiveFailure<E>>, resolver: Step<T>): void {
    if (Exit.isSuccess(exit)) {
      resolver.succeed({ done: false, value: exit.value });
      return;
    }
    const error = rejectionOf(exit.cause);
    // A step that was still waiting when the loop was left finds it closed.
    if (error instanceof EndOfChannel || this.#isDone) resolver.succeed(DONE);
    else resolver.fail(error);
  }
}

type Step<T> = Resolver<IteratorResult<T, undefined>, unknown>;

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };
