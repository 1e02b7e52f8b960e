import * as Exit from "npm:effect@^4.1.0/Exit";

/** The exit of any body. */
export type AnyExit = Exit.Exit<unknown, unknown>;

/** Did it fail for nothing but interruption? */
export function isOnlyInterrupted(exit: AnyExit): boolean {
  return Exit.isFailure(exit) &&
    exit.cause.reasons.every((reason) => reason._tag === "Interrupt");
}

/** How a task that has ended ended. */
export function stateOf(
  exit: AnyExit,
): "succeeded" | "failed" | "cancelled" {
  if (Exit.isSuccess(exit)) return "succeeded";
  return isOnlyInterrupted(exit) ? "cancelled" : "failed";
}
