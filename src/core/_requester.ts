import { currentScope } from "./_current_scope.ts";

/**
 * Who asks for something now: the task that is running on the stack, or the
 * host; and what time it is for it.
 */
export function currentRequester(): {
  readonly requestedBy: string;
  readonly at: number;
} {
  const node = currentScope();
  return {
    requestedBy: node?.owner?.path ?? "host",
    at: node?.run?.timers.now() ?? performance.now(),
  };
}
