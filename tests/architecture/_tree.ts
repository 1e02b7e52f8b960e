/** Files by their path from the root of the repository, with their text. */
export type Tree = ReadonlyMap<string, string>;

/** The root of the repository. */
export const ROOT: URL = new URL("../../", import.meta.url);

/**
 * Reads the text files under some paths of the repository.
 *
 * @param ending What the names of the files end with.
 * @param paths Files and folders; one that is not there holds nothing.
 * @returns The files, by path.
 */
export function readTree(ending: string, ...paths: string[]): Tree {
  return new Map(paths.flatMap((path) => [...filesUnder(path, ending)]));
}

/** The text of the TypeScript files that ship: the front door and the rooms. */
export function readSources(): Tree {
  return readTree(".ts", "mod.ts", "src");
}

/** The rooms that have files, in order. */
export function roomsOf(tree: Tree): string[] {
  const rooms = [...tree.keys()].map(roomOf).filter((room) => room !== "");
  return [...new Set(rooms)].sort();
}

/** The room of a file, `""` for a file outside of `src`. */
export function roomOf(path: string): string {
  return path.match(/^src\/([^/]+)\//)?.[1] ?? "";
}

function* filesUnder(
  path: string,
  ending: string,
): Generator<[string, string]> {
  const found = statOf(path);
  if (found?.isFile && path.endsWith(ending)) {
    yield [path, Deno.readTextFileSync(new URL(path, ROOT))];
  }
  if (!found?.isDirectory) return;
  const names = [...Deno.readDirSync(new URL(`${path}/`, ROOT))];
  for (const { name } of names.sort((a, b) => a.name < b.name ? -1 : 1)) {
    if (name !== "node_modules") yield* filesUnder(`${path}/${name}`, ending);
  }
}

function statOf(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(new URL(path, ROOT));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
