import type { Example } from "./example.ts";
import { expectedLines, lineMatches, matches } from "./expected_output.ts";
import { lineDiff } from "./line_diff.ts";

/** How an example went. */
export interface ExampleResult {
  readonly tookMs: number;
  /** What its virtual clock said at the end. */
  readonly virtualMs: number | undefined;
  /** What is not as the example says, in lines; empty where all is. */
  readonly problems: readonly string[];
}

const VIRTUAL_TIME = new URL("./virtual_time.ts", import.meta.url);

/**
 * Runs an example with the permissions it names, and compares what it prints,
 * its exit code and its virtual duration with what it says.
 *
 * @param example The example.
 * @param root The folder it runs in.
 * @returns How it went.
 */
export async function runExample(
  example: Example,
  root: URL,
): Promise<ExampleResult> {
  const { path, flags, args, limitMs } = example;
  const start = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      // Types are the business of `deno task check`.
      "--no-check",
      ...(example.virtualMs === undefined ? [] : [`--preload=${VIRTUAL_TIME}`]),
      ...flags,
      path,
      ...args,
    ],
    cwd: root,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill("SIGKILL");
  }, limitMs);
  const output = await child.output();
  clearTimeout(timer);

  const { errors, virtualMs } = readErrors(decode(output.stderr));
  const said = { code: output.code, lines: lines(decode(output.stdout)) };
  const problems = late
    ? [`did not end within ${limitMs / 1000} s`, ...said.lines]
    : problemsOf(example, { ...said, virtualMs });
  return {
    tookMs: performance.now() - start,
    virtualMs,
    problems: problems.length === 0 ? [] : [...problems, ...errors],
  };
}

/** What is not as the example says. */
function problemsOf(
  { expected, exit, virtualMs }: Example,
  said: {
    readonly code: number;
    readonly lines: readonly string[];
    readonly virtualMs: number | undefined;
  },
): string[] {
  return [
    ...(matches(expected, said.lines) ? [] : lineDiff(
      expectedLines(expected),
      said.lines,
      lineMatches,
    )),
    ...(said.code === exit ? [] : [`exit code ${said.code}, not ${exit}`]),
    ...(virtualMs === undefined || said.virtualMs === virtualMs
      ? []
      : [`virtual time ${said.virtualMs} ms, not ${virtualMs} ms`]),
  ];
}

/** Takes the line that `virtual_time.ts` adds out of what went to stderr. */
function readErrors(
  stderr: string,
): { errors: string[]; virtualMs: number | undefined } {
  const mark = /^virtual time at the end: (.+) ms$/;
  const all = lines(stderr);
  const found = all.map((line) => line.match(mark)?.[1]).find((it) => it);
  return {
    errors: all.filter((line) => !mark.test(line)),
    virtualMs: found === undefined ? undefined : Number(found),
  };
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function lines(text: string): string[] {
  const trimmed = text.trimEnd();
  return trimmed === ""
    ? []
    : trimmed.split("\n").map((line) => line.trimEnd());
}
