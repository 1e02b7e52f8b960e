/** What the source of an error class says about it. */
interface ErrorClass {
  readonly name: string;
  /** Its message, with `…` for what changes; `""` where the caller gives it. */
  readonly message: string;
  /** Its doc comment up to the first example: the cause, then the mend. */
  readonly paragraphs: readonly string[];
}

const CLASS =
  /\/\*\*\n((?: \*.*\n)*?) \*\/\nexport class (\w+) extends (?:ConcurrencyError|AggregateError|Error) \{\n([\s\S]*?)\n\}/g;

/**
 * Writes the page of all errors, from the doc comments of their classes.
 *
 * @param sources The files of the rooms that have an entry, by path.
 * @returns The page.
 */
export function errorsPage(sources: ReadonlyMap<string, string>): string {
  const rooms = new Map<string, ErrorClass[]>();
  for (const [path, text] of sources) {
    const room = path.match(/^src\/([^/]+)\//)?.[1];
    const errors = errorsOf(text);
    if (room === undefined || errors.length === 0) continue;
    rooms.set(room, [...rooms.get(room) ?? [], ...errors]);
  }
  return [HEAD, ...[...rooms].map(([room, errors]) => roomPart(room, errors))]
    .join("\n");
}

const HEAD = `# Errors

Each error, what it says, when it is raised, and what to do. Written by
\`deno task docs:errors\` from the doc comments: change it there.

Every one of them is a class with a \`_tag\` of its name: \`Effect.catchTag\` handles
those that are typed, \`instanceof\` and \`switch\` work at the promise edge, and
\`ConcurrencyError\` is the root of all but \`ErrorGroup\`. A message reads
\`Cannot <verb> <object>: <state>\`. A \`RangeError\` or a \`TypeError\` means that an argument
is wrong; its message says which, and what was received.
`;

function roomPart(room: string, errors: readonly ErrorClass[]): string {
  const byName = errors.toSorted((a, b) => a.name < b.name ? -1 : 1);
  const parts = byName.map(({ name, message, paragraphs }) =>
    [
      `### ${name}`,
      ...(message === "" ? [] : ["```text\n" + message + "\n```"]),
      ...paragraphs,
    ].join("\n\n")
  );
  return [`## ${room}`, ...parts].join("\n\n") + "\n";
}

function errorsOf(text: string): ErrorClass[] {
  return [...text.matchAll(CLASS)].map((
    [, doc = "", name = "", body = ""],
  ) => ({
    name,
    message: messageIn(body),
    paragraphs: paragraphsOf(doc),
  }));
}

function paragraphsOf(doc: string): string[] {
  const text = doc.replace(/^ \* ?/gm, "").split(/^@/m)[0]!;
  return text.trim()
    .replace(/\{@link(?:code)? ([^}|]+)[^}]*\}/g, "`$1`")
    .split(/\n\n+/);
}

/**
 * The text handed to `super`, with `…` for all that is not constant; where it is
 * one of two, both, each in its line.
 */
function messageIn(body: string): string {
  const start = body.indexOf("super(");
  if (start < 0) return "";
  const messages = [""];
  // Terminates: each round moves past at least one character.
  for (let at = start + "super(".length, depth = 1; at < body.length; at++) {
    const char = body[at]!;
    const said = messages.at(-1) !== "";
    if (char === "(") depth++;
    else if (char === ")" && --depth === 0) break;
    // What comes next is no message: options, or the rest of a list.
    else if (char === "," && said) break;
    // What came before was a condition.
    else if (char === "?" && said) messages[messages.length - 1] = "";
    else if (char === ":" && said) messages.push("");
    else if (char === '"' || char === "`") {
      const { text, end } = literalAt(body, at);
      messages[messages.length - 1] += text;
      at = end;
    }
  }
  return messages.filter((message) => message !== "").join("\n");
}

/** Reads the literal that begins at `start`. */
function literalAt(
  source: string,
  start: number,
): { text: string; end: number } {
  const quote = source[start];
  let text = "";
  for (let at = start + 1; at < source.length; at++) {
    if (source[at] === quote) return { text, end: at };
    // What follows a line break is a story, which is not constant.
    if (source.startsWith("\\n", at)) return { text, end: source.length };
    if (source[at] === "\\") text += source[++at];
    else if (source.startsWith("${", at) && quote === "`") {
      text += "…";
      at = closingBrace(source, at + 2);
    } else text += source[at];
  }
  return { text, end: source.length };
}

function closingBrace(source: string, from: number): number {
  let depth = 1;
  for (let at = from; at < source.length; at++) {
    if (source[at] === "{") depth++;
    if (source[at] === "}" && --depth === 0) return at;
  }
  return source.length;
}
