import type * as Cause from "npm:effect@^4.1.0/Cause";
import type * as Context from "npm:effect@^4.1.0/Context";
import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Exit from "npm:effect@^4.1.0/Exit";
import { settleOn } from "./_catch_rule.ts";
import { type AnyFiber, interruptionsOf } from "./_fiber_internals.ts";
import { contextInside, enter, goOnAfter, leave } from "./_scope_entry.ts";
import type { ScopeNode } from "./_scope_tree.ts";
import type {
  EnterableScope,
  Restore,
  ScopeEnd,
  ScopeWork,
  Settled,
} from "./_scope_work.ts";
import { Strand, strandIn } from "./_strand.ts";
import type { AnyExit } from "./_exit_state.ts";
import { isOurs } from "./provenance.ts";

/** Runs a body in a scope on the fiber that enters it. */
export function inFiber<S extends EnterableScope, A, E, R, B, E2>(
  work: ScopeWork<S, A, E, R, B, E2>,
  scope: S,
  outer: ScopeNode,
  fiber: AnyFiber,
  restore: Restore,
): Effect.Effect<B, E2, R> {
  const entered = new InFiberScope(scope, outer, fiber, restore);
  return Effect.matchCauseEffect(restore(work.body(scope, fiber)), {
    onSuccess: (value) => {
      entered.exit = Exit.succeed(value);
      return work.complete(entered, scope);
    },
    onFailure: (cause) => {
      entered.exit = Exit.failCause(cause);
      return work.complete(entered, scope);
    },
  });
}

/** A scope that is entered on a fiber, and how it is left there. */
class InFiberScope implements ScopeEnd {
  exit: AnyExit = Exit.void;
  readonly #strand: Strand;
  readonly #context: Context.Context<never>;

  constructor(
    readonly scope: EnterableScope,
    readonly outer: ScopeNode,
    readonly fiber: AnyFiber,
    readonly restore: Restore,
  ) {
    const strand = this.#strand = strandIn(outer, fiber) ??
      new Strand(fiber, outer, outer.run!.queue);
    this.#context = fiber.context;
    scope.host = strand;
    enter(scope, outer);
    strand.node = scope;
    fiber.setContext(contextInside(scope, fiber.context));
    if (scope.cancelled && !strand.delivered) strand.enqueue();
  }

  get interruptedByEffect(): boolean {
    return this.#interruptionsByEffect().length > 0;
  }

  after<B, E>(
    wait: Effect.Effect<void>,
    next: () => Effect.Effect<B, E>,
    interrupted: () => void,
  ): Effect.Effect<B, E> {
    // A fiber that was interrupted already hears nothing new: it would not wait.
    const isNews = interruptionsOf(this.fiber).length === 0;
    return goOnAfter(
      wait,
      next,
      interrupted,
      isNews ? this.restore : undefined,
    );
  }

  settle(exit: AnyExit): Settled {
    const { fiber, scope, outer } = this;
    fiber.setContext(this.#context);
    this.#strand.node = outer;
    leave(scope);
    const byEffect = this.#interruptionsByEffect();
    const strand = this.#strand;
    return settleOn({ fiber, scope, strand, byEffect, isInFiber: true }, exit);
  }

  #interruptionsByEffect(): ReadonlyArray<Cause.Reason<never>> {
    const all = interruptionsOf(this.fiber);
    return all.length === 0 ? all : all.filter((reason) => !isOurs(reason));
  }
}
