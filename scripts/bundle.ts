// Puts a module and what it imports into one string of JavaScript: each module
// becomes a function that runs once, in the order of their imports, its types
// and comments left out. It knows the few forms of import and export that the
// modules of the worker use, and refuses the rest.
//
// The string is the body of a function, and a small module beside it imports the
// builtins and calls it: Deno takes 12 ms to load the whole as a module.

import { stripTypeScriptTypes } from "node:module";

/** A program in two parts. */
export interface Bundle {
  /** A module that runs the program, given as `program` in its `workerData`. */
  readonly bootstrap: string;
  /** The body of a function of the builtins that it needs. */
  readonly program: string;
}

/** Reads the source of a module. */
export type ReadModule = (url: URL) => string;

/**
 * Bundles the module at `entry`.
 *
 * @param entry Where the bundle starts.
 * @param start Which of its exports to call at the end.
 * @param read Reads a module.
 * @returns The program.
 */
export function bundle(entry: URL, start: string, read: ReadModule): Bundle {
  const builtins = new Map<string, Set<string>>();
  const names = new Map<string, string>();
  const bodies: string[] = [];

  function add(url: URL): string {
    const known = names.get(url.href);
    if (known) return known;
    const text = read(url);
    checkSource(url, text);
    const source = codeLines(text).join("\n").replace(
      IMPORT,
      (_, ...groups) => {
        const { bindings, whole, from } = groups.at(-1);
        if (!from.startsWith(".")) {
          if (whole) return builtin(from, `default: ${whole}`);
          return builtin(from, ...listOf(bindings));
        }
        if (whole) throw new Error(`Cannot bundle ${url}: default import`);
        const target = add(new URL(from, url));
        return `const { ${listOf(bindings).join(", ")} } = ${target};`;
      },
    );
    const exported = [...source.matchAll(EXPORT)].map(([, name]) => name);
    const body = source.replace(EXPORT, (line) => line.slice("export ".length));
    const left = /^(?:import|export)\b(?!\().*$/m.exec(body);
    if (left) throw new Error(`Cannot bundle ${url}: ${left[0]}`);
    const name = `$${names.size}`;
    names.set(url.href, name);
    bodies.push(
      `const ${name} = (() => {\n${body}\nreturn { ${
        exported.join(", ")
      } };\n})();`,
    );
    return name;
  }

  function builtin(from: string, ...wanted: string[]): string {
    const known = builtins.get(from) ?? new Set();
    builtins.set(from, known);
    for (const name of wanted) known.add(name);
    return "";
  }

  const last = add(entry);
  const from = [...builtins].sort();
  const bindings = from.map(([name, wanted]) =>
    `const { ${[...wanted].sort().join(", ")} } = builtins["${name}"];`
  );
  const imports = from.map(([name], at) =>
    `import * as $${at} from "${name}";`
  );
  const given = from.map(([name], at) => `"${name}": $${at}`);
  return {
    bootstrap: [
      ...imports,
      `import { workerData } from "node:worker_threads";`,
      `new Function("builtins", workerData.program)({ ${given.join(", ")} });`,
      "",
    ].join("\n"),
    program: [
      ...bindings,
      ...bodies,
      `${last}.${start}();`,
      "//# sourceURL=espalier:worker",
      "",
    ].join("\n"),
  };
}

const IMPORT =
  /^import (?:\{(?<bindings>[^}]*)\}|(?<whole>\w+))\s+from "(?<from>[^"]+)";$/gm;
const EXPORT = /^export (?:async )?(?:function\*?|class|const) (\w+)/gm;

/** The lines of a module that are code, without types and indentation. */
function codeLines(source: string): string[] {
  const lines = stripTypeScriptTypes(source).split("\n");
  const code: string[] = [];
  let inComment = false;
  for (const line of lines) {
    const text = line.trim();
    if (text.startsWith("/*")) inComment = true;
    const keep = !inComment && text !== "" && !text.startsWith("//");
    if (inComment && text.endsWith("*/")) inComment = false;
    // Types leave gaps behind; no text in quotes has a gap.
    if (keep) code.push(text.replace(/ {2,}/g, " "));
  }
  return code;
}

/** Refuses what the lines above would spoil. */
function checkSource(url: URL, source: string): void {
  for (const line of source.split("\n")) {
    const ticks = line.match(/`/g)?.length ?? 0;
    const comment = /^\s*(\/?\*|\/\/)/.test(line);
    if (!comment && (ticks % 2 === 1 || /\S {2,}\S/.test(line))) {
      throw new Error(`Cannot bundle ${url}: keep this on one line: ${line}`);
    }
  }
}

function listOf(bindings: string): string[] {
  return bindings.split(",").map((name) => name.trim()).filter(Boolean);
}
