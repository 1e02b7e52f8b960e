import type * as Cause from "npm:effect@^4.1.0/Cause";
import type * as Context from "npm:effect@^4.1.0/Context";
import * as Effect from "npm:effect@^4.1.0/Effect";
import * as Exit from "npm:effect@^4.1.0/Exit";
import { meetOuterCancellation, settleOn } from "./_catch_rule.ts";
import { Frame } from "./_fiber_frame.ts";
import { type AnyFiber, interruptionsOf } from "./_fiber_internals.ts";
import { contextInside, enter, goOnAfter, leave } from "./_scope_entry.ts";
import type { ScopeNode } from "./_scope_tree.ts";
import type { EnterableScope, ScopeEnd, ScopeWork } from "./_scope_work.ts";
import { Strand, strandIn } from "./_strand.ts";
import type { AnyExit } from "./_exit_state.ts";
import { isOurs } from "./provenance.ts";

/** Runs a body in a scope on the interruptible fiber that enters it. */
export function inFiber<S extends EnterableScope, A, E, R, B, E2>(
  work: ScopeWork<S, A, E, R, B, E2>,
  scope: S,
  outer: ScopeNode,
  fiber: AnyFiber,
): Effect.Effect<B, E2, R> {
  new InFiberScope(work, scope, outer, fiber).push(fiber);
  // The frame turns the body's result into the work's.
  return work.body(scope, fiber) as Effect.Effect<never, never, R>;
}

/** A scope that is entered on a fiber, and how it is left there. */
class InFiberScope<S extends EnterableScope> extends Frame implements ScopeEnd {
  exit: AnyExit = Exit.void;
  readonly #work: ScopeWork<S, unknown, unknown, unknown, unknown, unknown>;
  readonly #scope: S;
  readonly #strand: Strand;
  readonly #context: Context.Context<never>;

  constructor(
    work: ScopeWork<S, unknown, unknown, unknown, unknown, unknown>,
    scope: S,
    outer: ScopeNode,
    fiber: AnyFiber,
  ) {
    super();
    this.#work = work;
    this.#scope = scope;
    const strand = this.#strand = strandIn(outer, fiber) ??
      new Strand(fiber, outer, outer.run!.queue);
    this.#context = fiber.context;
    scope.host = strand;
    enter(scope, outer);
    strand.node = scope;
    fiber.setContext(contextInside(scope, fiber.context));
    if (scope.cancelled && !strand.delivered) strand.enqueue();
  }

  get fiber(): AnyFiber {
    return this.#strand.fiber;
  }

  get interruptedByEffect(): boolean {
    return this.#interruptionsByEffect().length > 0;
  }

  protected override ended(exit: AnyExit): Effect.Effect<unknown, unknown> {
    this.exit = exit;
    return this.#work.complete(this, this.#scope);
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
      isNews ? Effect.interruptible : undefined,
    );
  }

  settle(exit: AnyExit): AnyExit {
    const { fiber } = this;
    const scope = this.#scope;
    const strand = this.#strand;
    fiber.setContext(this.#context);
    strand.node = scope.parent!;
    leave(scope);
    if (!scope.cancelled || Exit.isSuccess(exit)) {
      meetOuterCancellation(strand);
      return exit;
    }
    const byEffect = this.#interruptionsByEffect();
    return settleOn({ fiber, scope, strand, byEffect, isInFiber: true }, exit);
  }

  #interruptionsByEffect(): ReadonlyArray<Cause.Reason<never>> {
    const all = interruptionsOf(this.fiber);
    return all.length === 0 ? all : all.filter((reason) => !isOurs(reason));
  }
}
