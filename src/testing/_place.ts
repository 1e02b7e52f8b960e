/** Where this package lies. */
const OWN_FILES = new URL("../", import.meta.url).href;

/** Frames of what only carries out what others ask for. */
const MACHINERY = /\/effect(@|\/)\S*\/(src|dist)\/|\b(node|ext):|<anonymous>/;

/**
 * Finds in a stack the place that a reader of a test would call its cause: the
 * innermost frame outside of Espalier, Effect and the platform.
 *
 * @returns As in `file:///shop_test.ts:12:7`.
 */
export function placeIn(stack: string | undefined): string | undefined {
  for (const line of stack?.split("\n").slice(1) ?? []) {
    if (line.includes(OWN_FILES) || MACHINERY.test(line)) continue;
    const place = line.match(/\(?((?:file|https?|data|blob):[^()\s]+)\)?$/)
      ?.[1];
    if (place !== undefined) return place;
  }
  return undefined;
}
