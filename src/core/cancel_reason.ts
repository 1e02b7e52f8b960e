/**
 * Why a scope was cancelled.
 *
 * - `Explicit`: somebody called `cancel(message)`.
 * - `DeadlinePassed`: the deadline of the scope passed; `deadline` is in
 *   milliseconds on the run clock.
 * - `ChildFailed`, `BodyFailed`: the nursery cancels the others because one of
 *   its children, or its body, failed with `error`.
 * - `Signal`: the process received `signal`.
 * - `Aborted`: an `AbortSignal` from outside aborted with `reason`, or Effect
 *   interrupted the fiber from outside every scope.
 * - `Shutdown`: the run is ending.
 *
 * @example Tell a deadline from a request
 * ```ts
 * import { type CancelReason, moveOnAfter, run, sleep } from "espalier";
 * import assert from "node:assert/strict";
 *
 * let why: CancelReason["_tag"] | undefined;
 * await run(function* () {
 *   yield* moveOnAfter(1, function* (scope) {
 *     scope.signal.addEventListener("abort", () => {
 *       why = scope.cancellation?.reason._tag;
 *     });
 *     yield* sleep(1000);
 *   });
 * });
 * assert.equal(why, "DeadlinePassed");
 * ```
 */
export type CancelReason =
  | { readonly _tag: "Explicit"; readonly message: unknown }
  | { readonly _tag: "DeadlinePassed"; readonly deadline: number }
  | {
    readonly _tag: "ChildFailed";
    readonly task: string;
    readonly error: unknown;
  }
  | { readonly _tag: "BodyFailed"; readonly error: unknown }
  | { readonly _tag: "Signal"; readonly signal: unknown }
  | { readonly _tag: "Aborted"; readonly reason: unknown }
  | { readonly _tag: "Shutdown" };

/** Says why in words, as in `"fetch" failed with Error: 404`. */
export function explainReason(reason: CancelReason): string {
  switch (reason._tag) {
    case "Explicit":
      return reason.message === undefined
        ? "no reason was given"
        : describe(reason.message);
    case "DeadlinePassed":
      return `its deadline of ${
        Math.round(reason.deadline * 1000) / 1000
      } ms passed`;
    case "ChildFailed":
      return `its child "${reason.task}" failed with ${describe(reason.error)}`;
    case "BodyFailed":
      return `its body failed with ${describe(reason.error)}`;
    case "Signal":
      return `the process received ${describe(reason.signal)}`;
    case "Aborted":
      return `it was aborted with ${describe(reason.reason)}`;
    case "Shutdown":
      return "the run is ending";
  }
}

/** Puts any value in few words: an error by name and message, text in quotes. */
function describe(value: unknown): string {
  try {
    if (value instanceof Error) return `${value.name}: ${value.message}`;
    if (typeof value === "string") return `"${value}"`;
    if (typeof value === "object" && value !== null) {
      // A cancellation that crossed an AbortSignal tells its own story.
      if ("explain" in value && typeof value.explain === "function") {
        return String(value.explain());
      }
      if ("_tag" in value) return String(value._tag);
    }
    return String(value);
  } catch {
    return "a value that cannot be shown";
  }
}
