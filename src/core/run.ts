import * as Cause from "npm:effect@^4.1.0/Cause";
import * as Clock from "npm:effect@^4.1.0/Clock";
import * as Context from "npm:effect@^4.1.0/Context";
import type * as Duration from "npm:effect@^4.1.0/Duration";
import type * as Effect from "npm:effect@^4.1.0/Effect";
import * as Exit from "npm:effect@^4.1.0/Exit";
import * as Scheduler from "npm:effect@^4.1.0/Scheduler";
import { Hooks } from "./_hooks.ts";
import { liveTimers, loopScheduler, RunState } from "./_run_state.ts";
import type { AnyExit } from "./_exit_state.ts";
import { TaskNode } from "./_task_node.ts";
import type { AnyBody } from "./any_body.ts";
import type { Body0, ErrorOf, Result, SuccessOf } from "./body.ts";
import { checkRunOptions } from "./_check_run_options.ts";
import { effectOf } from "./_effect_of.ts";
import type { CancelReason } from "./cancel_reason.ts";
import { Cancellation } from "./cancellation.ts";
import { defaultClock } from "./default_clock.ts";
import { millisOf } from "./duration.ts";
import { rejectionOf } from "./error_group.ts";
import type { Instrument } from "./instrument.ts";
import { leakWatch } from "./leak_port.ts";
import { outcomeOf } from "./outcome.ts";
import { type AnyTask, type Nursery, runningTask } from "./task.ts";
import { AlreadyInRun } from "./usage_errors.ts";

/** Options for {@linkcode run} and {@linkcode runExit}. */
export interface RunOptions {
  /** The name of the root task; `"main"` by default. */
  readonly name?: string;
  /** Cancels the whole run when it aborts. */
  readonly signal?: AbortSignal;
  /** The run clock; the platform's by default. */
  readonly clock?: Clock.Clock;
  /** Decides which task goes next; first come, first served by default. */
  readonly scheduler?: Scheduler.Scheduler;
  /** Who listens to the life of the run. */
  readonly instruments?: ReadonlyArray<Instrument>;
  /** `"stack"` notes where cancels and spawns came from. */
  readonly capture?: "stack";
  /** How late a cleanup may be before it is reported; 5 seconds by default. */
  readonly slowCleanup?: Duration.Input;
}

/**
 * Runs `body` as the root task of a new run.
 *
 * When the promise settles, nothing of the run is still alive. While the run
 * waits, the process stays alive.
 *
 * - **Cancellation:** `options.signal` cancels the root; the promise settles
 *   after the last cleanup.
 * - **Failure:** rejects with the failure itself where there is one, with an
 *   `ErrorGroup` where there are several, and with `Cancelled` where the run was
 *   only cancelled.
 *
 * @example The smallest program
 * ```ts
 * import { run, sleep } from "espalier";
 * import assert from "node:assert/strict";
 *
 * const answer = await run(function* () {
 *   yield* sleep(1);
 *   return 42;
 * });
 * assert.equal(answer, 42);
 * ```
 *
 * @param body A body that needs no services.
 * @param options A name, a signal, a clock, and more.
 * @returns The body's value.
 * @throws {AlreadyInRun} When called synchronously inside a task.
 */
export function run<X extends Result<unknown, unknown, never>>(
  body: Body0<X>,
  options: RunOptions = {},
): Promise<SuccessOf<X>> {
  return startRun(body, options).exit.then((exit) => {
    if (Exit.isSuccess(exit)) return exit.value as SuccessOf<X>;
    throw rejectionOf(exit.cause);
  });
}

/**
 * Runs `body` as {@linkcode run} does, and answers how it ended.
 *
 * - **Cancellation:** as for `run`.
 *
 * @example Look at the whole cause
 * ```ts
 * import { runExit } from "espalier";
 * import assert from "node:assert/strict";
 * import * as Effect from "effect/Effect";
 *
 * const exit = await runExit(Effect.fail("no route"));
 * assert.equal(exit._tag, "Failure");
 * ```
 *
 * @param body A body that needs no services.
 * @param options A name, a signal, a clock, and more.
 * @returns The exit; the promise never rejects.
 * @throws {AlreadyInRun} When called synchronously inside a task.
 */
export function runExit<X extends Result<unknown, unknown, never>>(
  body: Body0<X>,
  options: RunOptions = {},
): Promise<Exit.Exit<SuccessOf<X>, ErrorOf<X>>> {
  return startRun(body, options).exit as Promise<
    Exit.Exit<SuccessOf<X>, ErrorOf<X>>
  >;
}

/** A run that is under way. */
export interface StartedRun {
  readonly root: AnyTask;
  readonly exit: Promise<AnyExit>;
  /** How it ended, if it has. */
  poll(): AnyExit | undefined;
  /** Cancels the root, on behalf of the host. */
  cancel(reason: CancelReason): void;
  /** Stops keeping the process alive for a run that can never end. */
  abandon(): void;
}

/** Starts a run and hands out the means to cancel it. */
export function startRun(body: AnyBody, options: RunOptions): StartedRun {
  const around = runningTask();
  if (around !== undefined) throw new AlreadyInRun(around.path);
  checkRunOptions(options);
  const clock = options.clock ?? defaultClock();
  const scheduler = options.scheduler ?? loopScheduler();
  const state = new RunState({
    clock,
    scheduler,
    capturesStacks: options.capture === "stack",
    slowCleanup: options.slowCleanup === undefined
      ? 5_000
      : millisOf(options.slowCleanup, "report slow cleanups"),
    hooks: options.instruments?.length
      ? new Hooks(options.instruments)
      : undefined,
  });
  const root: AnyTask = new TaskNode<Nursery<never, never>>(
    options.name ?? "main",
    state,
    undefined,
    0,
  );
  root.state = "open";
  const cancel = (reason: CancelReason) => cancelRoot(root, reason);
  leakWatch?.made(() => root.remains, {
    end: () => cancel({ _tag: "Aborted", reason: "it was left behind" }),
  });
  const context = Context.add(
    Context.make(Scheduler.Scheduler, scheduler),
    Clock.Clock,
    clock,
  ) as Context.Context<never>;
  const crashes = crashesOf(root);
  const release = holdOpen(options.signal, cancel);
  let ended: AnyExit | undefined;
  const exit = new Promise<AnyExit>((resolve) => {
    state.hooks?.emit("taskSpawned", root);
    const body0 = effectOf(body, [], root) as Effect.Effect<unknown, unknown>;
    root.prepare(body0, context, {
      taskEnded(_, exit) {
        release();
        ended = withCrashes(exit, crashes);
        state.hooks?.emit("taskExited", root, outcomeOf(ended));
        resolve(ended);
      },
    });
    root.step();
  });
  return { root, exit, poll: () => ended, cancel, abandon: release };
}

function cancelRoot(root: AnyTask, reason: CancelReason): void {
  root.cancelWith(
    new Cancellation({
      reason,
      scope: root.name,
      requestedBy: "host",
      at: root.run.timers.now(),
    }),
  );
}

/** Keeps the process alive and listens to the signal until the run has ended. */
function holdOpen(
  signal: AbortSignal | undefined,
  cancel: (reason: CancelReason) => void,
): () => void {
  const timers = liveTimers();
  timers.hold();
  const abort = () => cancel({ _tag: "Aborted", reason: signal?.reason });
  if (signal?.aborted) abort();
  else signal?.addEventListener("abort", abort, { once: true });
  let isHeld = true;
  return () => {
    if (!isHeld) return;
    isHeld = false;
    timers.release();
    signal?.removeEventListener("abort", abort);
  };
}

/** Collects broken invariants: the first one cancels the run. */
function crashesOf(root: AnyTask): Error[] {
  const crashes: Error[] = [];
  root.run.crash = (error) => {
    crashes.push(error);
    cancelRoot(root, { _tag: "Aborted", reason: error });
  };
  return crashes;
}

function withCrashes(exit: AnyExit, crashes: readonly Error[]): AnyExit {
  if (crashes.length === 0) return exit;
  const reasons = Exit.isFailure(exit) ? exit.cause.reasons : [];
  const dies = crashes.flatMap((crash) => Cause.die(crash).reasons);
  return Exit.failCause(Cause.fromReasons([...dies, ...reasons]));
}
