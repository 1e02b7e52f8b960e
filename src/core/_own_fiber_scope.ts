import type * as Cause from "npm:effect@^4.1.0/Cause";
import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Exit from "npm:effect@^4.1.0/Exit";
import { settleOn } from "./_catch_rule.ts";
import type { AnyFiber } from "./_fiber_internals.ts";
import { contextInside, enter, goOnAfter, leave } from "./_scope_entry.ts";
import type { RunQueue } from "./_run_queue.ts";
import type { ScopeNode } from "./_scope_tree.ts";
import type {
  EnterableScope,
  Restore,
  ScopeEnd,
  ScopeWork,
} from "./_scope_work.ts";
import { Strand, strandIn } from "./_strand.ts";
import type { AnyExit } from "./_exit_state.ts";
import { ELSEWHERE } from "./_wait.ts";
import { isOurs } from "./provenance.ts";
import { suspendFiber } from "./suspend_task.ts";

/** Runs a body in a scope on a fiber of its own, and waits for that. */
export function ownFiber<S extends EnterableScope, A, E, R, B, E2>(
  work: ScopeWork<S, A, E, R, B, E2>,
  scope: S,
  outer: ScopeNode,
  fiber: AnyFiber,
  restore: Restore,
): Effect.Effect<B, E2, R> {
  const entered = new OwnFiberScope(scope, outer, fiber, restore);
  const inner = entered.fork((inner) => work.body(scope, inner));
  const complete = () => {
    entered.exit = inner.pollUnsafe()!;
    return work.complete(entered, scope);
  };
  if (inner.pollUnsafe() !== undefined) return complete();
  return entered.after(
    entered.untilEnd(inner),
    complete,
    () => entered.interruptBody(inner),
  );
}

/** A scope that is run by a fiber of its own, as the entering fiber sees it. */
class OwnFiberScope implements ScopeEnd {
  exit: AnyExit = Exit.void;
  interruptedByEffect = false;
  /** One that was raised later keeps out scopes only, as in the other form. */
  readonly #keepsEffectOut: boolean;

  constructor(
    readonly scope: EnterableScope,
    readonly outer: ScopeNode,
    readonly fiber: AnyFiber,
    readonly restore: Restore,
  ) {
    this.#keepsEffectOut = scope.shielded;
    enter(scope, outer);
  }

  /** Starts the body, which takes its first steps at once if it may. */
  fork<A, E, R>(
    body: (inner: AnyFiber) => Effect.Effect<A, E, R>,
  ): AnyFiber {
    const { scope, outer } = this;
    const { queue } = outer.run!;
    const entry = Effect.withFiber((inner) => {
      const strand = new Strand(inner, scope, queue);
      scope.host = strand;
      if (scope.cancelled) strand.enqueue();
      return body(inner);
    });
    const context = contextInside(scope, this.fiber.context);
    const start = nesting < DEEPEST
      ? entry
      : Effect.andThen(inTurnOf(queue), entry);
    nesting++;
    try {
      // The services are those of the fiber around: its type has them already.
      return Effect.runForkWith(context)(start as Effect.Effect<A, E>);
    } finally {
      nesting--;
    }
  }

  untilEnd(inner: AnyFiber): Effect.Effect<void> {
    return suspendFiber<void, never>(this.fiber, undefined, (settle) => {
      inner.addObserver(() => settle(Exit.void));
      return (byEffect) => {
        if (!byEffect) return ELSEWHERE;
        this.interruptBody(inner);
        return "tooLate";
      };
    });
  }

  /** Hands an interruption by Effect on, once. */
  interruptBody(inner: AnyFiber): void {
    if (this.#keepsEffectOut || this.interruptedByEffect) return;
    this.interruptedByEffect = true;
    inner.interruptUnsafe(this.fiber.id);
  }

  after<B, E>(
    wait: Effect.Effect<void>,
    next: () => Effect.Effect<B, E>,
    interrupted: () => void,
  ): Effect.Effect<B, E> {
    // One that keeps Effect out waits on, but the scopes around it are told.
    return goOnAfter(
      wait,
      next,
      () => {
        if (this.#keepsEffectOut) return;
        interrupted();
        // Even if the wait had got its result: no later wait would hear of it.
        this.interruptedByEffect = true;
      },
      this.interruptedByEffect ? undefined : this.restore,
    );
  }

  settle(exit: AnyExit): AnyExit {
    const { fiber, scope, outer } = this;
    leave(scope);
    const byEffect = this.interruptedByEffect ? interruptionsIn(exit) : [];
    const strand = strandIn(outer, fiber);
    return settleOn({ fiber, scope, strand, byEffect, isInFiber: false }, exit);
  }
}

/**
 * How many bodies are being started inside each other: the call that starts one
 * is inside that of the body around it, and a stack is only so deep.
 */
let nesting = 0;
const DEEPEST = 100;

/** Goes on in a turn of its own; also if it is cancelled before (R17). */
function inTurnOf(queue: RunQueue): Effect.Effect<void> {
  return Effect.uninterruptible(
    Effect.withFiber((fiber) =>
      Effect.callback<void>((resume) => {
        queue.push({ fiber, step: () => resume(Effect.void) });
      })
    ),
  );
}

function interruptionsIn(exit: AnyExit): ReadonlyArray<Cause.Reason<never>> {
  if (Exit.isSuccess(exit)) return [];
  return exit.cause.reasons.filter((reason): reason is Cause.Interrupt =>
    reason._tag === "Interrupt" && !isOurs(reason)
  );
}
