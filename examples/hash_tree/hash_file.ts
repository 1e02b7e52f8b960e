import { createHash } from "node:crypto";

/** A file that was read to its end, or why it could not be. */
export type Hashed =
  | { readonly digest: string; readonly bytes: number }
  | { readonly unreadable: string };

/** Hashes one file in pieces; stops between two of them when aborted. */
export async function hashFile(
  url: URL,
  signal: AbortSignal,
): Promise<Hashed> {
  const hash = createHash("sha256");
  let bytes = 0;
  try {
    using file = await Deno.open(url);
    for await (const piece of file.readable) {
      signal.throwIfAborted();
      hash.update(piece);
      bytes += piece.byteLength;
    }
  } catch (error) {
    signal.throwIfAborted();
    // One file that vanished or is locked is no reason to stop.
    if (error instanceof Error) return { unreadable: error.message };
    throw error;
  }
  return { digest: hash.digest("hex"), bytes };
}
