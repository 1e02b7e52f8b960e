import * as Exit from "npm:effect@^4.1.0/Exit";
import type { AnyExit } from "./_exit_state.ts";
import type { Body0, Result } from "./body.ts";
import { checkKind, checkOptions } from "./check_options.ts";
import { errorOf, failuresOf } from "./error_group.ts";
import { cancellationOf, taskPathOf } from "./provenance.ts";
import { type RunOptions, type StartedRun, startRun } from "./run.ts";

/** Options for {@linkcode main}. */
export interface MainOptions extends RunOptions {
  /**
   * Ends the process; `Deno.exit` by default, which is left alone where the
   * code is 0. One that is given is called with every code.
   */
  readonly exit?: (code: number) => never;
}

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;
type StopSignal = keyof typeof EXIT_CODES;

/**
 * Runs `body` as a whole program: with signals, exit codes, and one report.
 *
 * SIGINT (Ctrl-C) and SIGTERM cancel the root scope with the reason
 * `{ _tag: "Signal" }`; the process exits after the last cleanup. A second
 * signal exits at once. Needs no permission.
 *
 * - **Cancellation:** by a signal, or by `options.signal`.
 * - **Failure:** printed once, each with its task path; the exit code is 1, or
 *   130 and 143 after a SIGINT and a SIGTERM. A program that was stopped by a
 *   signal has this code however its body ended.
 *
 * @example The last line of a program
 * ```ts
 * import { main, sleep } from "espalier";
 * import assert from "node:assert/strict";
 *
 * let done = false;
 * await main(function* () {
 *   yield* sleep(1);
 *   done = true;
 * });
 * assert(done);
 * ```
 *
 * @param body A body that needs no services.
 * @param options As for `run`, and how to end the process.
 */
export async function main<X extends Result<unknown, unknown, never>>(
  body: Body0<X>,
  options: MainOptions = {},
): Promise<void> {
  checkOptions(options, "run");
  checkKind(options.exit, "function", "exit", "run");
  const end = options.exit ?? Deno.exit;
  let received: StopSignal | undefined;
  // Order: a program may say that it is ready in its first step, and be sent a
  // signal at once, so the listeners are there before that step.
  const stopListening = listen((signal) => {
    if (received !== undefined) end(EXIT_CODES[signal]);
    received = signal;
    started.cancel({ _tag: "Signal", signal });
  });
  let exit: AnyExit;
  let started: StartedRun;
  try {
    started = startRun(body, options);
    exit = await started.exit;
  } finally {
    stopListening();
  }
  report(exit, received);
  const code = received !== undefined
    ? EXIT_CODES[received]
    : Exit.isSuccess(exit)
    ? 0
    : 1;
  if (code !== 0 || options.exit !== undefined) end(code);
}

/** Listens to the signals that stop a program; answers how to stop listening. */
function listen(received: (signal: StopSignal) => void): () => void {
  const signals = Deno.build.os === "windows"
    ? ["SIGINT" as const]
    : ["SIGINT" as const, "SIGTERM" as const];
  const listeners = signals.map((signal) => {
    const listener = () => received(signal);
    Deno.addSignalListener(signal, listener);
    return () => Deno.removeSignalListener(signal, listener);
  });
  return () => listeners.forEach((stop) => stop());
}

/** Prints every failure once; a cancellation only if nobody asked by signal. */
function report(exit: AnyExit, received: StopSignal | undefined): void {
  if (Exit.isSuccess(exit)) return;
  const failures = failuresOf(exit.cause);
  for (const failure of failures) {
    const path = taskPathOf(failure) ?? "main";
    console.error(`Task "${path}" failed:`, errorOf(failure));
  }
  const cancellation = cancellationOf(exit.cause);
  if (cancellation === undefined) return;
  if (failures.length > 0 || received === undefined) {
    console.error(`Cancelled: ${cancellation.explain()}`);
  }
}
