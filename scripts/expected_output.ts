/** What an example says it prints: lines, groups of lines in any order, gaps. */
export type Expected =
  | { readonly kind: "line"; readonly text: string }
  | { readonly kind: "anyOrder"; readonly texts: readonly string[] }
  | { readonly kind: "gap" };

/**
 * Reads the block of comment lines after `// Output:` at the end of a program.
 *
 * @param source The text of the program.
 * @returns What it is to print, `undefined` where it does not say.
 */
export function expectedOutput(source: string): Expected[] | undefined {
  const lines = source.trimEnd().split("\n");
  const head = lines.lastIndexOf("// Output:");
  const block = lines.slice(head + 1);
  if (head < 0 || block.some((line) => !line.startsWith("//"))) {
    return undefined;
  }
  const expected: Expected[] = [];
  let group: string[] | undefined;
  for (const line of block) {
    const text = line.replace(/^\/\/ ?/, "").trimEnd();
    if (!text.startsWith("~ ")) {
      group = undefined;
      expected.push(text === "…" ? { kind: "gap" } : { kind: "line", text });
      continue;
    }
    // Lines that follow each other make one group.
    if (!group) expected.push({ kind: "anyOrder", texts: group = [] });
    group.push(text.slice(2));
  }
  return expected;
}

/**
 * Tells whether the lines a program printed are those expected.
 *
 * @param expected What the program says it prints.
 * @param lines What it printed.
 * @returns Whether they match.
 */
export function matches(
  expected: readonly Expected[],
  lines: readonly string[],
): boolean {
  const [first, ...rest] = expected;
  switch (first?.kind) {
    case undefined:
      return lines.length === 0;
    case "line":
      return lines.length > 0 && lineMatches(first.text, lines[0]!) &&
        matches(rest, lines.slice(1));
    case "anyOrder": {
      const count = first.texts.length;
      return sameInAnyOrder(first.texts, lines.slice(0, count)) &&
        matches(rest, lines.slice(count));
    }
    case "gap":
      return lines.keys().some((from) => matches(rest, lines.slice(from))) ||
        matches(rest, []);
  }
}

/**
 * Tells whether one line is as expected; `…` stands for any text.
 *
 * @param pattern The expected line.
 * @param line The line printed.
 * @returns Whether they match.
 */
export function lineMatches(pattern: string, line: string): boolean {
  const literals = pattern.split("…").map((text) => RegExp.escape(text));
  return new RegExp(`^${literals.join(".*")}$`).test(line);
}

/**
 * Writes the expected output as it stands in the program, a line for each.
 *
 * @param expected What a program says it prints.
 * @returns The lines.
 */
export function expectedLines(expected: readonly Expected[]): string[] {
  return expected.flatMap((part) =>
    part.kind === "line" ? part.text : part.kind === "gap" ? "…" : part.texts
  );
}

/** Whether each pattern has a line of its own. */
function sameInAnyOrder(
  patterns: readonly string[],
  lines: readonly string[],
): boolean {
  if (patterns.length !== lines.length) return false;
  const [first, ...rest] = patterns;
  if (first === undefined) return true;
  // A line may fit several patterns: try each that fits, and take it back.
  return lines.some((line, at) =>
    lineMatches(first, line) && sameInAnyOrder(rest, lines.toSpliced(at, 1))
  );
}
