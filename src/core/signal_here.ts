import * as Fiber from "npm:effect@^4.1.0/Fiber";
import { signalOf } from "./_scope_signal.ts";
import { scopeOf } from "./_strand.ts";

/**
 * The signal of the innermost scope around a plain call, or `undefined` in host
 * code: for what outlives the call and has to end with the scope.
 */
export function signalHere(): AbortSignal | undefined {
  const fiber = Fiber.getCurrent();
  const node = fiber === undefined ? undefined : scopeOf(fiber);
  return node === undefined ? undefined : signalOf(node);
}
