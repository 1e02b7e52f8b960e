import * as Cause from "npm:effect@^4.1.0/Cause";
import * as Exit from "npm:effect@^4.1.0/Exit";
import { defectOf } from "./_failure_origin.ts";
import {
  bridge,
  interruptedByEffect,
  isCancellation,
} from "./_promise_wait.ts";
import type { Cancellation } from "./cancellation.ts";
import { checkKind, checkOptions, checkWord } from "./check_options.ts";
import { inWords } from "./in_words.ts";
import { notePromise } from "./leak_port.ts";
import { interruptionBy } from "./provenance.ts";

/** How a promise of the host is called from here. */
export interface PromiseOptions<E> {
  /** Makes a typed failure of a rejection; without it a rejection is a defect. */
  readonly catch?: (rejected: unknown) => E;
  /**
   * What to do with the promise of a cancelled call: wait until it settles, the
   * default, or let go of it, for one that ignores its signal.
   */
  readonly onCancel?: "wait" | "abandon";
}

/**
 * Refuses what cannot make a promise, or cannot say what becomes of one.
 *
 * @throws {TypeError} If `fn` or an option is not what it must be.
 */
export function checkPromiseCall(fn: unknown, options: unknown): void {
  const action = "call for a promise";
  if (typeof fn !== "function") {
    throw new TypeError(
      `Cannot ${action}: it takes a function that makes one: received ${
        inWords(fn)
      }`,
    );
  }
  checkOptions(options, action);
  const given = options as PromiseOptions<unknown>;
  checkKind(given.catch, "function", "catch", action);
  checkWord(given.onCancel, ["wait", "abandon"], "onCancel", action);
}

/**
 * Calls `fn` and reports how its promise settled. Counted as in flight until
 * then, or until it is let go of by calling what this answers.
 */
export function settlePromise<A, E>(
  fn: (signal: AbortSignal) => PromiseLike<A>,
  signal: AbortSignal,
  options: PromiseOptions<E>,
  settled: (exit: Exit.Exit<A, E>) => void,
): () => void {
  checkPromiseCall(fn, options);
  const land = bridge(undefined);
  const promise = callPromise(fn, signal);
  notePromise(promise);
  promise.then((value) => {
    land();
    settled(Exit.succeed(value));
  }, (thrown: unknown) => {
    land();
    settled(
      isCancellation(thrown, signal)
        ? cancelledExit(reasonOf(signal))
        : failureOf(thrown, options),
    );
  });
  return land;
}

/** Calls `fn`; what it throws at once is a rejection like any other. */
export function callPromise<A>(
  fn: (signal: AbortSignal) => PromiseLike<A>,
  signal: AbortSignal,
): Promise<A> {
  return new Promise((resolve) => resolve(fn(signal)));
}

/** Types a rejection; a `catch` that throws makes a defect of what it threw. */
export function failureOf<E>(
  thrown: unknown,
  options: PromiseOptions<E>,
): Exit.Exit<never, E> {
  if (options.catch === undefined) return Exit.failCause(defectOf(thrown));
  try {
    return Exit.fail(options.catch(thrown));
  } catch (defect) {
    return Exit.die(defect);
  }
}

/** The result of what was cancelled. */
export function cancelledExit(cancellation: Cancellation): Exit.Exit<never> {
  return Exit.failCause(Cause.fromReasons([interruptionBy(cancellation)]));
}

function reasonOf(signal: AbortSignal): Cancellation {
  return signal.reason ?? interruptedByEffect();
}
