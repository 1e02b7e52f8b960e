import { parseArgs } from "node:util";

/** What the user asked for. */
export interface Arguments {
  readonly folder: URL;
  /** Milliseconds; Infinity for as long as it takes. */
  readonly within: number;
  readonly atOnce: number;
}

const USAGE = "Usage: hash_tree.ts [folder] [--within 2s] [--at-once 8]";

/** Reads the command line; ends the program with code 2 if it makes no sense. */
export function readArguments(args: readonly string[]): Arguments {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { within: { type: "string" }, "at-once": { type: "string" } },
    });
    if (positionals.length > 1) throw new Error("more than one folder");
    return {
      folder: folderOf(positionals[0]),
      within: durationOf(values.within),
      atOnce: countOf(values["at-once"]),
    };
  } catch (error) {
    console.error(
      `${error instanceof Error ? error.message : error}\n${USAGE}`,
    );
    Deno.exit(2);
  }
}

function folderOf(path: string | undefined): URL {
  if (path === undefined) return new URL("../../", import.meta.url);
  return new URL(`${path.replace(/\/$/, "")}/`, `file://${Deno.cwd()}/`);
}

function durationOf(text = "Infinity"): number {
  if (text === "Infinity") return Infinity;
  const match = text.match(/^(\d+(?:\.\d+)?)(ms|s|m)$/);
  if (match === null) throw new Error(`--within is not like 2s: ${text}`);
  return Number(match[1]) * { ms: 1, s: 1_000, m: 60_000 }[match[2]!]!;
}

function countOf(text = "8"): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new Error(`--at-once is not a positive number: ${text}`);
}
