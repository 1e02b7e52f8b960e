import * as Effect from "npm:effect@^4.1.0/Effect";
import { fieldsAreKnown } from "./_fiber_internals.ts";

let probed: boolean | undefined;
let forced: boolean | undefined;

/**
 * May a cancelled scope end on the fiber that runs it? Only where the fiber can
 * be made to forget an interruption. Tried once, on a fiber made for it; where
 * it fails, every scope gets a fiber of its own.
 */
export function canForgetInterruption(): boolean {
  return forced ?? (probed ??= fieldsAreKnown(Effect.runFork(Effect.never)));
}

/** Overrides the probe, so that tests can run both forms. */
export function forceScopeForm(
  form: "in-fiber" | "own-fiber" | undefined,
): void {
  forced = form === undefined ? undefined : form === "in-fiber";
}
