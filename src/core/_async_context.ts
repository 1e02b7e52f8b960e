import type { AnyFiber } from "./_fiber_internals.ts";

/** What Effect captures of the host when a fiber suspends, to go on in it. */
export interface AsyncContext {
  runInAsyncScope<This, Arg, R>(
    fn: (this: This, arg: Arg) => R,
    thisArg: This,
    arg: Arg,
  ): R;
  emitDestroy(): void;
}

/** A field of Effect's fiber that its public interface does not name. */
interface SuspendedFiber {
  _asyncContext: AsyncContext | undefined;
}

/**
 * Makes a suspended fiber go on in `first`, the async context in which it went
 * on the first time; answers which that is.
 *
 * Effect goes on in the context that it captured last. On Deno each of these
 * holds the one before, so that a fiber that waits for ever would hold as many
 * as it has waited.
 */
export function goOnIn(
  first: AsyncContext | undefined,
  fiber: AnyFiber,
): AsyncContext | undefined {
  const suspended = fiber as unknown as SuspendedFiber;
  const captured = suspended._asyncContext;
  if (captured === undefined) return first;
  if (first === undefined) return suspended._asyncContext = reusable(captured);
  captured.emitDestroy();
  return suspended._asyncContext = first;
}

/** Effect lets go of a context after its first use; this one is kept. */
function reusable(context: AsyncContext): AsyncContext {
  return {
    runInAsyncScope: (fn, thisArg, arg) =>
      context.runInAsyncScope(fn, thisArg, arg),
    emitDestroy() {},
  };
}
