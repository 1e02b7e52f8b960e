/** What the head comment of an example or a bench says about it. */
export interface ProgramHeader {
  /** The first sentence: what the program shows or asks. */
  readonly shows: string;
  /** The flags of its `deno run` line: the permissions it is run with. */
  readonly flags: readonly string[];
  /** The path its `deno run` line names, `undefined` where there is no such line. */
  readonly path: string | undefined;
  /** The settings written as `// Name: value`, names in lower case. */
  readonly settings: ReadonlyMap<string, string>;
}

/**
 * Reads the head comment of a program: the first sentence, the line that says
 * how to run it, and its settings.
 *
 * @param source The text of the program.
 * @returns What the comment says.
 */
export function programHeader(source: string): ProgramHeader {
  const lines = headComment(source);
  const run = lines.find((line) => /^\s+deno run\b/.test(line));
  const words = run?.trim().split(/\s+/).slice(2) ?? [];
  const pathAt = words.findIndex((word) => !word.startsWith("-"));
  return {
    shows: firstSentence(lines),
    flags: pathAt < 0 ? words : words.slice(0, pathAt),
    path: pathAt < 0 ? undefined : words[pathAt],
    settings: new Map(lines.flatMap(setting)),
  };
}

/** The comment lines before the first line of code, without their slashes. */
function headComment(source: string): string[] {
  const lines = source.split("\n");
  const end = lines.findIndex((line) => !/^(\/\/|#!)/.test(line));
  return lines.slice(0, end < 0 ? lines.length : end)
    .filter((line) => line.startsWith("//"))
    .map((line) => line.slice(2).replace(/^ /, ""));
}

function firstSentence(lines: readonly string[]): string {
  const start = lines.findIndex((line) => line.trim() !== "");
  // A line set in is the one that says how to run the program, no sentence.
  if (start < 0 || lines[start]!.startsWith(" ")) return "";
  const rest = lines.slice(start);
  const end = rest.findIndex((line) => line.trim() === "");
  const paragraph = rest.slice(0, end < 0 ? rest.length : end).join(" ");
  return paragraph.match(/^.*?[.?!](?=\s|$)/)?.[0] ?? paragraph;
}

function setting(line: string): [string, string][] {
  const match = line.match(/^(Virtual|Args|Exit|Limit): (.+)$/);
  return match ? [[match[1]!.toLowerCase(), match[2]!.trim()]] : [];
}
