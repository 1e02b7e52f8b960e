import * as Cause from "npm:effect@^4.1.0/Cause";
import * as Effect from "npm:effect@^4.1.0/Effect";
import { fromPromise } from "./from_promise.ts";

/**
 * An iterator of the host, pulled from by one task at a time and closed once.
 *
 * It is open until it has said that it is done, or has thrown: after that the
 * protocol of iterators asks nobody to close it.
 */
export interface ItemSource<A> {
  /** The next step: there already, or what waits for it. */
  pull(): IteratorResult<A, unknown> | PulledLater<A>;
  /** Calls `return()` where it is still open, and waits until that is done. */
  readonly close: Effect.Effect<void>;
}

type PulledLater<A> = Effect.Effect<IteratorResult<A, unknown>>;

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
      String(items)
    }`,
  );
}

class SyncSource<A> implements ItemSource<A> {
  readonly #iterator: Iterator<A, unknown>;
  #isOpen = true;

  constructor(iterator: Iterator<A, unknown>) {
    this.#iterator = iterator;
  }

  pull(): IteratorResult<A, unknown> {
    // Closed until `next` has answered, in case it throws.
    this.#isOpen = false;
    const step = this.#iterator.next();
    this.#isOpen = !step.done;
    return step;
  }

  readonly close: Effect.Effect<void> = Effect.sync(() => {
    if (this.#isOpen) this.#iterator.return?.();
    this.#isOpen = false;
  });
}

class AsyncSource<A> implements ItemSource<A> {
  readonly #iterator: AsyncIterator<A, unknown>;
  #isOpen = true;

  constructor(iterator: AsyncIterator<A, unknown>) {
    this.#iterator = iterator;
  }

  /**
   * A step that is not wanted any more is let go of: `close` is what tells the
   * iterator, and what is waited for.
   */
  pull(): PulledLater<A> {
    return fromPromise(() => this.#next(), { onCancel: "abandon" });
  }

  async #next(): Promise<IteratorResult<A, unknown>> {
    try {
      const step = await this.#iterator.next();
      if (step.done) this.#isOpen = false;
      return step;
    } catch (thrown) {
      this.#isOpen = false;
      throw thrown;
    }
  }

  readonly close: Effect.Effect<void> = Effect.suspend(() => {
    if (!this.#isOpen || this.#iterator.return === undefined) {
      return Effect.void;
    }
    this.#isOpen = false;
    return Effect.asVoid(
      fromPromise(() => Promise.resolve(this.#iterator.return!())),
    );
  });
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
