import * as Fiber from "npm:effect@^4.1.0/Fiber";
import type { ScopeNode } from "./_scope_tree.ts";
import { scopeOf } from "./_strand.ts";

/** The innermost open scope of whoever calls; the host has none. */
export function currentScope(): ScopeNode | undefined {
  const fiber = Fiber.getCurrent();
  return fiber && scopeOf(fiber);
}
