import type * as Effect from "npm:effect@^4.1.0/Effect";
import type { AnyFiber } from "./_fiber_internals.ts";
import { ScopeNode } from "./_scope_tree.ts";
import type { AnyExit } from "./_exit_state.ts";

/** A scope that is told when it is entered and left. */
export abstract class EnterableScope extends ScopeNode {
  /** Has it absorbed a cancellation? */
  caught = false;
  /** Called when it is linked: arms its deadline. */
  abstract entered(): void;
  /** Called when it is unlinked: disarms its deadline. */
  abstract left(): void;
}

/** Makes an effect interruptible again, inside a region that is not. */
export type Restore = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
) => Effect.Effect<A, E, R>;

/** What is known, and what is to be done, at the end of a scope's body. */
export interface ScopeEnd {
  /** How the body ended. */
  readonly exit: AnyExit;
  /** The fiber that entered the scope. */
  readonly fiber: AnyFiber;
  /** Did Effect, not one of our scopes, interrupt the body? */
  readonly interruptedByEffect: boolean;
  /**
   * Goes on with `next` after `wait`, which Effect may interrupt where that can
   * still be news: then `interrupted` is called, and what is left to wait for is
   * waited for.
   */
  after<B, E>(
    wait: Effect.Effect<void>,
    next: () => Effect.Effect<B, E>,
    interrupted: () => void,
  ): Effect.Effect<B, E>;
  /**
   * Leaves the scope and applies the catch rule (R9) to `exit`; answers what the
   * scope lets go on outwards.
   */
  settle(exit: AnyExit): AnyExit;
}

/** A scope, its body, and what to do at its end. */
export interface ScopeWork<S extends EnterableScope, A, E, R, B, E2> {
  /** Makes the scope, or hands over one that was made before. */
  scope(): S;
  /** Called inside the scope, with the fiber that runs the body. */
  body(scope: S, fiber: AnyFiber): Effect.Effect<A, E, R>;
  /** Called at the end of the body; must call `end.settle` once. */
  complete(end: ScopeEnd, scope: S): Effect.Effect<B, E2>;
}
