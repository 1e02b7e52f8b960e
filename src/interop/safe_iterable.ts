import * as Effect from "npm:effect@^4.1.0/Effect";
import type * as Scope from "npm:effect@^4.1.0/Scope";
import type { ReceiveChannel } from "../channels/channel.ts";
import { AsyncSource } from "../core/item_source.ts";
import { inWords } from "../core/in_words.ts";
import { openPump, type PumpSource } from "./_pump.ts";
import { checkCatch, checkMethod } from "./_refusals.ts";

/** Options for {@linkcode asSafeIterable}. */
export interface AsSafeIterableOptions<E> {
  /** Makes a typed failure of what the generator throws; a defect without it. */
  readonly catch?: (thrown: unknown) => E;
}

/**
 * Runs an async generator in a task of its own and answers with a channel of
 * what it yields.
 *
 * An async generator that is looped over in place is resumed by whoever loops,
 * and forgotten by whoever stops: what it holds open is closed some time later,
 * or never. Here it is owned (R59): it begins when somebody first asks for a
 * value, is resumed only when somebody asks for the next one, and is finished
 * before Effect's scope has closed.
 *
 * - **Cancellation:** a checkpoint. Closing Effect's scope aborts the signal,
 *   calls `return()` and waits until the generator has finished. It never begins
 *   where nobody has asked for a value. A value that arrives after its receiver
 *   was cancelled is kept for the next one.
 * - **Failure:** every receive fails with what `catch` makes of what the
 *   generator threw, or dies with it. What it throws while it is being finished
 *   is a defect of the closing, unless it only says that it was cancelled: the
 *   reason of its signal, an `AbortError`, the `Cancelled` of a run inside.
 * - **Backpressure:** one value at a time, none ahead. Closing the last receive
 *   handle finishes the generator.
 *
 * @example Read a log, and give the file back
 * ```ts
 * import { asSafeIterable, run } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * const trail: string[] = [];
 * async function* lines() {
 *   trail.push("open");
 *   try {
 *     yield "first";
 *     yield "second";
 *   } finally {
 *     await Promise.resolve();
 *     trail.push("close");
 *   }
 * }
 * const first = Effect.scoped(
 *   Effect.flatMap(asSafeIterable(lines), (lines) => lines.receive),
 * );
 * assert.equal(await run(first), "first");
 * assert.deepEqual(trail, ["open", "close"]);
 * ```
 *
 * @typeParam T What the generator yields.
 * @typeParam E How it can fail.
 * @param generator Handed a signal that aborts when the generator is to finish.
 * @param options How to type what it throws.
 * @returns A channel, for as long as Effect's scope is open.
 * @throws {TypeError} If `generator` or `catch` is no function.
 */
export function asSafeIterable<T, E = never>(
  generator: (signal: AbortSignal) => AsyncGenerator<T, void, void>,
  options: AsSafeIterableOptions<E> = {},
): Effect.Effect<ReceiveChannel<T, E>, never, Scope.Scope> {
  if (typeof generator !== "function") {
    throw new TypeError(
      "Cannot run an async generator: it takes the function: received " +
        inWords(generator),
    );
  }
  checkCatch(options.catch, "run an async generator");
  return openPump("asSafeIterable", () => ({
    capacity: 0,
    catch: options.catch,
    open: (signal) => new LateSource(generator, signal),
  }));
}

/** A generator that is called when it is first pulled from. */
class LateSource<T> implements PumpSource<T> {
  readonly #generator: (signal: AbortSignal) => AsyncGenerator<T, void, void>;
  readonly #signal: AbortSignal;
  #source: AsyncSource<T> | undefined = undefined;

  constructor(
    generator: (signal: AbortSignal) => AsyncGenerator<T, void, void>,
    signal: AbortSignal,
  ) {
    this.#generator = generator;
    this.#signal = signal;
  }

  pull(): Effect.Effect<IteratorResult<T, unknown>> {
    return Effect.suspend(() => {
      const signal = this.#signal;
      this.#source ??= new AsyncSource(this.#open(signal), signal);
      return this.#source.pull();
    });
  }

  #open(signal: AbortSignal): AsyncGenerator<T, void, void> {
    const generator = this.#generator(signal);
    checkMethod(
      generator,
      "next",
      "run an async generator: the function answered none",
    );
    return generator;
  }

  readonly close: Effect.Effect<void> = Effect.suspend(
    () => this.#source?.close ?? Effect.void,
  );
}
