import { cancellationOf, runExit, sleep, taskPathOf } from "espalier";
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import { VirtualClock } from "espalier/testing";

/** Counts how many are inside, and the most that ever were. */
export class Gauge {
  inside = 0;
  most = 0;
  entered = 0;

  /** Counts `body` for as long as it runs, its cleanup included. */
  around<A, E, R>(body: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> {
    return Effect.acquireUseRelease(
      Effect.sync(() => {
        this.entered++;
        this.inside++;
        this.most = Math.max(this.most, this.inside);
      }),
      () => body,
      () => Effect.sync(() => void this.inside--),
    );
  }
}

/** Sleeps, then answers. */
export function after<A>(ms: number, value: A): Effect.Effect<A> {
  return Effect.as(sleep(ms), value);
}

/** Sleeps, then fails. */
export function failAfter<E>(ms: number, error: E): Effect.Effect<never, E> {
  return Effect.andThen(sleep(ms), Effect.fail(error));
}

/** Never ends; when it is cancelled it takes so long, and says so. */
export function slowToCleanUp(
  trail: string[],
  name = "cleaned up",
  ms = 5,
): Effect.Effect<never> {
  return Effect.onInterrupt(
    Effect.never,
    () => Effect.andThen(sleep(ms), Effect.sync(() => void trail.push(name))),
  );
}

/** Never ends; when it is cancelled, its cleanup dies. */
export function dyingInCleanup(defect: unknown): Effect.Effect<never> {
  return Effect.onInterrupt(Effect.never, () => Effect.die(defect));
}

/** Puts a cause in words, as in `["Fail boom main/a", "Interrupt"]`. */
export function reasonsOf(exit: Exit.Exit<unknown, unknown>): string[] {
  if (Exit.isSuccess(exit)) return [];
  return exit.cause.reasons.map((reason) => {
    switch (reason._tag) {
      case "Fail":
        return `Fail ${reason.error} ${taskPathOf(reason)}`;
      case "Die":
        return `Die ${nameOf(reason.defect)} ${taskPathOf(reason)}`;
      case "Interrupt":
        return `Interrupt ${cancellationOf(reason)?.reason._tag}`;
    }
  });
}

function nameOf(defect: unknown): string {
  return defect instanceof Error ? defect.name : String(defect);
}

/** Runs on a clock that jumps, and puts what went wrong in words. */
export async function failuresOf(
  body: Effect.Effect<unknown, unknown>,
): Promise<string[]> {
  const clock = new VirtualClock({ autojump: true });
  return reasonsOf(await runExit(body, { clock }));
}

/** Is it a failure for nothing but interruption? */
export function isCancelled(exit: Exit.Exit<unknown, unknown>): boolean {
  return Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause);
}
