import * as Context from "npm:effect@^4.1.0/Context";
import * as Effect from "npm:effect@^4.1.0/Effect";
import type { ScopeNode } from "./_scope_tree.ts";
import type { EnterableScope, Restore } from "./_scope_work.ts";
import { CurrentScope } from "./_strand.ts";

/** Links a scope under the one around it. */
export function enter(scope: EnterableScope, outer: ScopeNode): void {
  scope.owner = outer.owner;
  scope.run = outer.run;
  scope.linkUnder(outer);
  scope.entered();
}

/** Unlinks a scope whose body has ended. */
export function leave(scope: EnterableScope): void {
  scope.unlink();
  scope.left();
}

/** The context of what runs inside a scope. */
export function contextInside(
  scope: ScopeNode,
  context: Context.Context<never>,
): Context.Context<never> {
  return Context.add(context, CurrentScope, scope);
}

/**
 * Goes on with `next` after `wait`, which hears Effect only if it is given
 * `restore`. Interrupted or not, what is waited for is over by then.
 */
export function goOnAfter<B, E>(
  wait: Effect.Effect<void>,
  next: () => Effect.Effect<B, E>,
  interrupted: () => void,
  restore: Restore | undefined,
): Effect.Effect<B, E> {
  if (restore === undefined) return Effect.flatMap(wait, next);
  return Effect.matchCauseEffect(restore(wait), {
    onSuccess: next,
    onFailure: () => {
      interrupted();
      // The interruption may have come before the wait had begun.
      return Effect.flatMap(wait, next);
    },
  });
}
