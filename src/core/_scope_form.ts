import { framesAreKnown } from "./_fiber_frame.ts";

let probed: boolean | undefined;
let forced: boolean | undefined;

/**
 * May a scope be run by the fiber that enters it? Only where a frame hears of
 * its end, and the fiber can be made to forget an interruption. Tried once;
 * where it fails, every scope gets a fiber of its own.
 */
export function canRunInFiber(): boolean {
  return forced ?? (probed ??= framesAreKnown());
}

/** Overrides the probe, so that tests can run both forms. */
export function forceScopeForm(
  form: "in-fiber" | "own-fiber" | undefined,
): void {
  forced = form === undefined ? undefined : form === "in-fiber";
}
