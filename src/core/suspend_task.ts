import * as Clock from "npm:effect@^4.1.0/Clock";
import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Scheduler from "npm:effect@^4.1.0/Scheduler";
import type { AnyFiber } from "./_fiber_internals.ts";
import { RunState } from "./_run_state.ts";
import { scopeOf, strandIn } from "./_strand.ts";
import { inWords } from "./in_words.ts";
import type { WaitSubject } from "./wait_subject.ts";
import {
  type Abort,
  type AbortVerdict,
  Wait,
  type WaitPlace,
} from "./_wait.ts";

/** How {@linkcode suspendOn} ends: with a result, the first one counts. */
export type Settle<A, E> = (
  result: Effect.Effect<A, E>,
  lost?: () => void,
) => boolean;

/**
 * Suspends the current task until somebody resumes it: the one primitive below
 * everything that waits.
 *
 * `register` is called at once and hands over `resume`. It answers with an
 * abort function, which is called at most once, when the task is cancelled
 * while it waits, and never after `resume`. It answers `"aborted"` when it has
 * undone the wait: the task is then cancelled. It answers `"tooLate"` when it
 * cannot: the task waits on for `resume`, and meets the cancellation in its
 * next wait.
 *
 * - **Order:** `resume` only marks; the task goes on in a later turn, first
 *   resumed first.
 * - **Cancellation:** a checkpoint. A task that is cancelled already has its
 *   abort function called at once. A result that was handed over is kept, even
 *   if a cancellation comes before the task has taken it (R13).
 * - **Failure:** an abort function that throws, or answers anything else, ends
 *   the run with `InternalError`. A `register` that throws, or answers no
 *   function, is a defect.
 *
 * @example A gate that opens once
 * ```ts
 * import { nursery, run } from "espalier";
 * import { suspendTask } from "espalier/core";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * const waiting = new Set<() => void>();
 * const pass = suspendTask<string>((resume) => {
 *   const open = () => resume(Effect.succeed("through"));
 *   waiting.add(open);
 *   return () => (waiting.delete(open) ? "aborted" : "tooLate");
 * });
 *
 * const passed = nursery(function* (n) {
 *   n.startSoon(Effect.sync(() => waiting.forEach((open) => open())));
 *   return yield* pass;
 * });
 * assert.equal(await run(passed), "through");
 * ```
 *
 * @typeParam A What the task is resumed with.
 * @typeParam E How the wait can fail.
 * @param register Called with `resume`; answers with the abort function.
 * @returns An Effect that waits.
 */
export function suspendTask<A, E = never>(
  register: (
    resume: (result: Effect.Effect<A, E>) => void,
  ) => () => AbortVerdict,
): Effect.Effect<A, E> {
  if (typeof register !== "function") {
    throw new TypeError(
      "Cannot suspend a task: it takes a function that registers the wait: " +
        `received ${inWords(register)}`,
    );
  }
  return suspendOn(UNNAMED, (resume) => {
    const abort: unknown = register(resume);
    if (typeof abort === "function") return abort as () => AbortVerdict;
    // Without one, a cancelled task would wait for ever.
    throw new TypeError(
      "Cannot suspend a task: its register must answer an abort function: " +
        `received ${inWords(abort)}`,
    );
  });
}

const UNNAMED: WaitSubject = { label: "suspendTask" };

/**
 * As {@linkcode suspendTask}, for the rooms above: the wait says what it is for,
 * may have no abort function at all (it can never be undone), and a result may
 * come with a way to give it to somebody else, should Effect interrupt the
 * fiber before it took it.
 *
 * @param subject What the task waits for; `undefined` for a wait that is only
 * a part of another one.
 */
export function suspendOn<A, E = never>(
  subject: WaitSubject | undefined,
  register: (settle: Settle<A, E>) => Abort | undefined,
): Effect.Effect<A, E> {
  return Effect.withFiber<A, E>((fiber) =>
    suspendFiber(fiber, subject, register)
  );
}

/** The same for a fiber that is at hand. */
export function suspendFiber<A, E>(
  fiber: AnyFiber,
  subject: WaitSubject | undefined,
  register: (settle: Settle<A, E>) => Abort | undefined,
): Effect.Effect<A, E> {
  return Effect.callback<A, E>((resume) =>
    beginWait(fiber, subject, resume, register)
  );
}

/** Begins a wait of a fiber whose current operation Effect resumes. */
export function beginWait<A, E>(
  fiber: AnyFiber,
  subject: WaitSubject | undefined,
  resume: (result: Effect.Effect<A, E>) => void,
  register: (settle: Settle<A, E>) => Abort | undefined,
): Effect.Effect<void> {
  const wait = new Wait<A, E>(placeOf(fiber), subject, resume);
  wait.begin(register((result, lost) => wait.settle(result, lost)));
  return wait.interrupted;
}

function placeOf(fiber: AnyFiber): WaitPlace {
  const node = scopeOf(fiber);
  const run = node?.run ?? ambientRun(fiber);
  const strand = node === undefined ? undefined : strandIn(node, fiber);
  return { fiber, node, run, queue: run.queue, strand };
}

const ambientRuns = new WeakMap<Scheduler.Scheduler, RunState>();

/** The surroundings of a fiber that runs outside every run of ours. */
export function ambientRun(fiber: AnyFiber): RunState {
  const scheduler = fiber.getRef(Scheduler.Scheduler);
  const clock = fiber.getRef(Clock.Clock);
  let run = ambientRuns.get(scheduler);
  if (run === undefined || run.clock !== clock) {
    run = new RunState({ scheduler, clock });
    ambientRuns.set(scheduler, run);
  }
  return run;
}
