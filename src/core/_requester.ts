import * as Fiber from "npm:effect@^4.1.0/Fiber";
import { scopeOf } from "./_strand.ts";

/**
 * Who asks for something now: the task that is running on the stack, or the
 * host; and what time it is for it.
 */
export function currentRequester(): {
  readonly requestedBy: string;
  readonly at: number;
} {
  const fiber = Fiber.getCurrent();
  const node = fiber === undefined ? undefined : scopeOf(fiber);
  return {
    requestedBy: node?.owner?.path ?? "host",
    at: node?.run?.timers.now() ?? performance.now(),
  };
}
