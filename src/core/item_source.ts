import * as Cause from "npm:effect@^4.1.0/Cause";
import * as Effect from "npm:effect@^4.1.0/Effect";
import { inWords } from "./in_words.ts";
import { fromPromise } from "./from_promise.ts";
import { isThrownCancellation } from "./thrown_cancellation.ts";

/**
 * Something of the host that items are pulled out of by one task at a time, and
 * that is closed once.
 */
export interface ItemSource<A> {
  /** The next step: there already, or an Effect that waits for it. */
  pull():
    | IteratorResult<A, unknown>
    | Effect.Effect<IteratorResult<A, unknown>>;
  /** Closes it where it has not come to its end, and waits for its cleanup. */
  readonly close: Effect.Effect<void>;
}

/**
 * Finds out how to iterate; the iterator itself is made by the function that is
 * answered, once for each call.
 *
 * @throws {TypeError} If `items` is no iterable of either kind.
 */
export function sourceOf<A>(
  items: Iterable<A> | AsyncIterable<A>,
  action: string,
): () => ItemSource<A> {
  const from = Object(items);
  if (typeof from[Symbol.asyncIterator] === "function") {
    return () => new AsyncSource(from[Symbol.asyncIterator]());
  }
  if (typeof from[Symbol.iterator] === "function") {
    return () => new SyncSource(from[Symbol.iterator]());
  }
  throw new TypeError(
    `Cannot ${action}: it takes an iterable or an async iterable: received ${
      inWords(items)
    }`,
  );
}

/** A source that is an iterator: open until it is done or has thrown. */
class SyncSource<A> implements ItemSource<A> {
  readonly #iterator: Iterator<A, unknown>;
  #isOpen = true;

  constructor(iterator: Iterator<A, unknown>) {
    this.#iterator = iterator;
  }

  pull(): IteratorResult<A, unknown> {
    // Closed until `next` has answered, in case it throws.
    this.#isOpen = false;
    const step = checkedStep(this.#iterator.next());
    this.#isOpen = !step.done;
    return step;
  }

  readonly close: Effect.Effect<void> = Effect.sync(() => {
    if (this.#isOpen) this.#iterator.return?.();
    this.#isOpen = false;
  });
}

/**
 * A source that is an async iterator.
 *
 * `next()` cannot be undone, and has no signal. A pull that is cancelled lets go
 * of it: closing is what tells the iterator, and what is waited for. What `next`
 * throws after that is not lost: it comes out of `close`.
 */
export class AsyncSource<A> implements ItemSource<A> {
  readonly #iterator: AsyncIterator<A, unknown>;
  readonly #signal: AbortSignal | undefined;
  #isOpen = true;
  /** What `next` has thrown and nobody has been told. */
  #thrown: { readonly value: unknown } | undefined = undefined;

  /**
   * @param signal What the iterator listens to, where it does: what it throws
   * because of it is no failure.
   */
  constructor(iterator: AsyncIterator<A, unknown>, signal?: AbortSignal) {
    this.#iterator = iterator;
    this.#signal = signal;
  }

  pull(): Effect.Effect<IteratorResult<A, unknown>> {
    const step = fromPromise(() => this.#next(), { onCancel: "abandon" });
    return Effect.flatMap(
      step,
      (step) => step === undefined ? this.#rethrow : Effect.succeed(step),
    );
  }

  async #next(): Promise<IteratorResult<A, unknown> | undefined> {
    try {
      const step = checkedStep(await this.#iterator.next());
      this.#isOpen = !step.done;
      return step;
    } catch (thrown) {
      this.#isOpen = false;
      this.#thrown = { value: thrown };
      return undefined;
    }
  }

  readonly close: Effect.Effect<void> = Effect.suspend(() => {
    if (!this.#isOpen || this.#iterator.return === undefined) {
      return this.#rethrowUnlessAborted;
    }
    this.#isOpen = false;
    const closed = fromPromise(() => this.#return());
    // An async generator finishes the `next` that was let go of before this.
    return thenClean(closed, this.#rethrowUnlessAborted);
  });

  /** What is thrown because it was told to stop is no failure. */
  async #return(): Promise<void> {
    try {
      await this.#iterator.return!();
    } catch (thrown) {
      if (!isThrownCancellation(thrown, this.#signal)) throw thrown;
    }
  }

  readonly #rethrow: Effect.Effect<never> = Effect.suspend(() => {
    const { value } = this.#thrown!;
    this.#thrown = undefined;
    return Effect.die(value);
  });

  readonly #rethrowUnlessAborted: Effect.Effect<void> = Effect.suspend(() => {
    if (this.#thrown === undefined) return Effect.void;
    const { value } = this.#thrown;
    return isThrownCancellation(value, this.#signal)
      ? Effect.void
      : this.#rethrow;
  });
}

/** Refuses, as a loop does, what would be an item without an end. */
function checkedStep<S>(step: S): S {
  if (Object(step) === step) return step;
  throw new TypeError(
    `Cannot read an iterator: next() answered ${inWords(step)}, and no object`,
  );
}

/**
 * Runs `body`, then `cleanup`, whatever happens; keeps what goes wrong in both
 * as it was, where Effect's `ensuring` would turn the failure of the body into
 * a defect.
 */
export function thenClean<A, E, R>(
  body: Effect.Effect<A, E, R>,
  cleanup: Effect.Effect<void>,
): Effect.Effect<A, E, R> {
  return Effect.uninterruptibleMask((restore) =>
    Effect.matchCauseEffect(restore(body), {
      onSuccess: (value) => Effect.as(cleanup, value),
      onFailure: (failed) =>
        Effect.matchCauseEffect(cleanup, {
          onSuccess: () => Effect.failCause(failed),
          onFailure: (unclean) =>
            Effect.failCause(
              Cause.fromReasons([...failed.reasons, ...unclean.reasons]),
            ),
        }),
    })
  );
}
