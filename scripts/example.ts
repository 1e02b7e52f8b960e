import { type Expected, expectedOutput } from "./expected_output.ts";
import { programHeader } from "./program_header.ts";

/** One example as its head comment and its last lines describe it. */
export interface Example {
  /** The file without its ending, or the folder. */
  readonly name: string;
  /** From the root of the repository. */
  readonly path: string;
  /** What it shows: the first sentence of its head comment. */
  readonly shows: string;
  /** The permissions it is run with. */
  readonly flags: readonly string[];
  readonly args: readonly string[];
  readonly expected: readonly Expected[];
  /** The exit code it is to end with. */
  readonly exit: number;
  /** How long its clock is to have run, where it runs on the virtual clock. */
  readonly virtualMs: number | undefined;
  /** After this long it is killed. */
  readonly limitMs: number;
}

/**
 * Finds the examples of a folder: each file, and each folder with a `main.ts`.
 *
 * @param root What the paths of the examples begin at.
 * @param folder The folder, from the root.
 * @returns The paths, in order.
 */
export function examplePaths(root: URL, folder: string): string[] {
  const paths: string[] = [];
  for (const entry of Deno.readDirSync(new URL(`${folder}/`, root))) {
    const path = `${folder}/${entry.name}`;
    if (entry.isFile && path.endsWith(".ts")) paths.push(path);
    if (!entry.isDirectory) continue;
    const files = [...Deno.readDirSync(new URL(`${path}/`, root))];
    if (files.some(({ name }) => name === "main.ts")) {
      paths.push(`${path}/main.ts`);
    }
  }
  return paths.sort();
}

/**
 * Reads an example.
 *
 * @param path Its path.
 * @param source Its text.
 * @returns The example.
 * @throws {TypeError} If it lacks what it is to say about itself, or says it wrong.
 */
export function readExample(path: string, source: string): Example {
  const refuse = (state: string): never => {
    throw new TypeError(`Cannot read the example "${path}": ${state}`);
  };
  const { shows, flags, path: named, settings } = programHeader(source);
  if (shows === "") refuse("its head comment does not say what it shows");
  if (named !== path) refuse(`it has no line "deno run … ${path}"`);
  const duration = (name: string): number | undefined => {
    const text = settings.get(name);
    return text === undefined ? undefined : milliseconds(text) ??
      refuse(`"${text}" is no duration such as 500ms, 5s or 2m`);
  };
  const exit = Number(settings.get("exit") ?? 0);
  if (!Number.isInteger(exit)) refuse("its exit code is no number");
  return {
    name: path.replace(/\/main\.ts$|\.ts$/, "").split("/").at(-1)!,
    path,
    shows,
    flags,
    args: settings.get("args")?.split(/\s+/) ?? [],
    expected: expectedOutput(source) ??
      refuse('it does not end with a "// Output:" block'),
    exit,
    virtualMs: duration("virtual"),
    limitMs: duration("limit") ?? 30_000,
  };
}

function milliseconds(text: string): number | undefined {
  const match = text.match(/^(\d+(?:\.\d+)?)(ms|s|m)$/);
  const unit = { ms: 1, s: 1000, m: 60_000 }[match?.[2] ?? ""];
  return match && unit ? Number(match[1]) * unit : undefined;
}
