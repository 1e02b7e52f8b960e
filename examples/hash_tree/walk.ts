/** A file below the folder. */
export interface Found {
  readonly url: URL;
  /** Its path below the folder. */
  readonly name: string;
}

/** The folder itself cannot be read: there is nothing to hash. */
export class FolderNotRead extends Error {
  readonly _tag = "FolderNotRead";
  override readonly name = "FolderNotRead";

  static from(this: void, cause: unknown): FolderNotRead {
    const why = cause instanceof Error ? cause.message : String(cause);
    return new FolderNotRead(`Cannot read the folder: ${why}`, { cause });
  }
}

/** Finds every regular file, depth first; follows no links, skips `.git`. */
export async function* walk(
  folder: URL,
  below = "",
): AsyncGenerator<Found, void> {
  const entries = await Array.fromAsync(Deno.readDir(folder));
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const { name, isDirectory, isFile } of entries) {
    const path = `${below}${name}`;
    if (isFile) yield { url: child(folder, name), name: path };
    else if (isDirectory && name !== ".git") {
      yield* walk(child(folder, `${name}/`), `${path}/`);
    }
  }
}

function child(folder: URL, name: string): URL {
  return new URL(name.split("/").map(encodeURIComponent).join("/"), folder);
}
