import { ROOT, type Tree } from "./_tree.ts";

/** One import or re-export of a file of the tree. */
export interface Import {
  readonly from: string;
  /** The specifier as written. */
  readonly specifier: string;
  /** The path of a relative import from the root, `undefined` for any other. */
  readonly to: string | undefined;
}

/**
 * Lists every import and re-export of a tree: of types and of values, static
 * and dynamic. What stands in comments is none.
 *
 * @param tree The files to read.
 * @returns The imports, file by file.
 */
export function importsOf(tree: Tree): Import[] {
  return [...tree].flatMap(([from, source]) =>
    specifiersOf(source).map((specifier) => ({
      from,
      specifier,
      to: specifier.startsWith(".") ? resolve(specifier, from) : undefined,
    }))
  );
}

function specifiersOf(source: string): string[] {
  const code = withoutComments(source);
  // Formatted code begins a static import, or ends one of several lines, at
  // the start of a line.
  const statics = code.matchAll(
    /^(?:import|export|\})[^"'`;]*?\bfrom\s+["']([^"']+)["']|^import\s+["']([^"']+)["']/gm,
  );
  const dynamics = code.matchAll(/\bimport\(\s*["']([^"']+)["']/g);
  return [...statics, ...dynamics].map((match) => match[1] ?? match[2]!);
}

/** Blanks the lines that are comment and nothing else; formatted code has no others that matter. */
export function withoutComments(source: string): string {
  let inBlock = false;
  return source.split("\n").map((line) => {
    const text = line.trim();
    const starts = !inBlock && text.startsWith("/*");
    if (starts) inBlock = true;
    const isComment = inBlock || text.startsWith("//");
    if (inBlock && text.includes("*/")) inBlock = false;
    return isComment ? "" : line;
  }).join("\n");
}

function resolve(specifier: string, from: string): string {
  return new URL(specifier, new URL(from, ROOT)).href.slice(ROOT.href.length);
}
