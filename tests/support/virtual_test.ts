import type { Result, RunOptions } from "espalier";
import { run, runExit } from "espalier";
import { VirtualClock } from "espalier/testing";
import type * as Exit from "effect/Exit";
import { forceScopeForm } from "../../src/core/_scope_form.ts";

/** A body that needs no services and takes no arguments. */
type Program = () => Result<unknown, unknown, never>;

/** Registers a test that runs on a clock that jumps when everything waits. */
export function virtualTest(name: string, body: Program): void {
  Deno.test(name, async () => void await virtualRun(body));
}

/**
 * Registers a test twice: once with scopes on the fiber that enters them, once
 * with scopes on fibers of their own.
 */
export function scopeTest(name: string, body: Program): void {
  for (const form of ["in-fiber", "own-fiber"] as const) {
    Deno.test(`${name} [${form}]`, async () => {
      forceScopeForm(form);
      try {
        await virtualRun(body);
      } finally {
        forceScopeForm(undefined);
      }
    });
  }
}

/** As `run`, on a clock that jumps when everything waits. */
export function virtualRun<X extends Result<unknown, unknown, never>>(
  body: () => X,
  options: RunOptions = {},
): ReturnType<typeof run<X>> {
  return run(body, { clock: new VirtualClock({ autojump: true }), ...options });
}

/** As `runExit`, on a clock that jumps when everything waits. */
export function virtualExit<X extends Result<unknown, unknown, never>>(
  body: () => X,
  options: RunOptions = {},
): Promise<Exit.Exit<unknown, unknown>> {
  return runExit(body, {
    clock: new VirtualClock({ autojump: true }),
    ...options,
  });
}
