/** One test of a JUnit report. */
export interface TestCase {
  readonly name: string;
  /** A skipped test counts as neither passed nor failed. */
  readonly result: "passed" | "failed" | "skipped";
}

/** Where each section of the conformance list begins, and its letter. */
const SECTIONS: readonly (readonly [first: number, letter: string])[] = [
  [1, "A"],
  [10, "B"],
  [31, "C"],
  [56, "D"],
  [64, "E"],
  [69, "F"],
  [82, "G"],
  [94, "H"],
  [103, "I"],
  [111, "J"],
  [117, "K"],
];

/**
 * Reads the tests and their results from a JUnit report.
 *
 * @param report The XML that `deno test --junit-path` writes.
 * @returns The tests, steps included, in the order of the report.
 */
export function testCases(report: string): TestCase[] {
  const cases = report.matchAll(
    /<testcase name="([^"]*)"[^>]*?(?:\/>|>(.*?)<\/testcase>)/gs,
  );
  return [...cases].map(([, name, body = ""]) => ({
    name: unescapeXml(name!),
    result: /<(failure|error)\b/.test(body)
      ? "failed"
      : /<skipped\b/.test(body)
      ? "skipped"
      : "passed",
  }));
}

/**
 * Says how many conformance cases, by section, and how many rules are named by
 * the tests that passed.
 *
 * A test names a case or a rule by its number, as in `(R24, C080)`; a range is
 * written out or as `R12 to R15`.
 *
 * @param tests The tests that ran.
 * @returns Two lines.
 */
export function coverageText(tests: readonly TestCase[]): string {
  const tags = tests.filter(({ result }) => result === "passed")
    .flatMap(({ name }) => tagsIn(name));
  const cases = new Set(tags.filter((tag) => tag.startsWith("C")));
  const rules = new Set(tags.filter((tag) => tag.startsWith("R")));
  const bySection = SECTIONS.map(([first, letter], at) => {
    const next = SECTIONS[at + 1]?.[0] ?? Infinity;
    const inside = [...cases].map((tag) => Number(tag.slice(1)))
      .filter((number) => number >= first && number < next);
    return `${letter} ${inside.length}`;
  });
  return `conformance cases named by passing tests: ${cases.size} ` +
    `(${bySection.join(", ")})\nrules named by passing tests: ${rules.size}`;
}

/** Every `Cnnn` and `Rn` in the name of a test, ranges written out. */
function tagsIn(name: string): string[] {
  const tags: string[] = [...name.match(/\bC\d{3}\b|\bR\d{1,2}\b/g) ?? []];
  for (const range of name.matchAll(/\b([CR])(\d+) to [CR](\d+)\b/g)) {
    const [, kind, first, last] = range;
    for (let number = Number(first); number <= Number(last); number++) {
      tags.push(kind + String(number).padStart(first!.length, "0"));
    }
  }
  return tags;
}

function unescapeXml(text: string): string {
  const named: Record<string, string> = {
    lt: "<",
    gt: ">",
    quot: '"',
    apos: "'",
    amp: "&",
  };
  return text.replace(
    /&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi,
    (whole, hex, decimal, name) =>
      hex
        ? String.fromCodePoint(parseInt(hex, 16))
        : decimal
        ? String.fromCodePoint(Number(decimal))
        : named[name] ?? whole,
  );
}
