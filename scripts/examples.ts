// Runs the examples and compares what they print with what they say they print.
//
//     deno task examples [number or part of a name]… [--list]

import { type Example, examplePaths, readExample } from "./example.ts";
import { type ExampleResult, runExample } from "./run_example.ts";

const ROOT = new URL("../", import.meta.url);
const encoder = new TextEncoder();

const filters = Deno.args.filter((arg) => !arg.startsWith("--"));
const examples: Example[] = [];
const unreadable: string[] = [];
for (const path of examplePaths(ROOT, "examples")) {
  if (filters.length > 0 && !filters.some(isIn(path))) continue;
  try {
    examples.push(
      readExample(path, Deno.readTextFileSync(new URL(path, ROOT))),
    );
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    unreadable.push(error.message);
  }
}

if (examples.length + unreadable.length === 0) {
  console.error(
    `Cannot find an example for ${filters.join(", ") || "any name"}`,
  );
  Deno.exit(1);
}
const width = Math.max(...examples.map(({ name }) => name.length));
if (Deno.args.includes("--list")) {
  for (const { name, shows } of examples) {
    console.log(`${name.padEnd(width)}  ${shows}`);
  }
  Deno.exit(0);
}

const results: [Example, ExampleResult][] = [];
for (const [at, example] of examples.entries()) {
  progress(`${at + 1}/${examples.length} ${example.name}`);
  const result = await runExample(example, ROOT);
  results.push([example, result]);
  if (result.problems.length > 0) {
    progress("");
    console.log(`${example.path} differs:\n  ${result.problems.join("\n  ")}`);
  }
}
progress("");

console.log();
for (const [{ name, shows }, { tookMs, virtualMs, problems }] of results) {
  const verdict = problems.length === 0 ? "ok     " : "differs";
  const took = `${(tookMs / 1000).toFixed(2)} s`.padStart(8);
  const clock = virtualMs === undefined
    ? ""
    : ` (${virtualMs / 1000} s on its clock)`;
  console.log(`${verdict}  ${name.padEnd(width)} ${took}  ${shows}${clock}`);
}
for (const message of unreadable) console.log(message);
const differing =
  results.filter(([, { problems }]) => problems.length > 0).length;
const failed = differing + unreadable.length;
console.log(`${results.length - differing} passed, ${failed} failed`);
Deno.exit(failed > 0 ? 1 : 0);

/** `13` is the example of that number, any other word is a part of the name. */
function isIn(path: string): (filter: string) => boolean {
  return (filter) =>
    /^\d+$/.test(filter)
      ? path.startsWith(`examples/${filter.padStart(2, "0")}_`)
      : path.includes(filter);
}

/** One line redrawn on a terminal, plain lines elsewhere. */
function progress(text: string): void {
  if (Deno.stdout.isTerminal()) {
    Deno.stdout.writeSync(encoder.encode(`\r\x1b[K${text}`));
  } else if (text !== "") {
    console.log(text);
  }
}
