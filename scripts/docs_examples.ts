// Writes the table of examples/README.md from the head comments of the examples.
//
//     deno task docs:examples [--check]
//
// With `--check` it writes nothing, and fails where the table is not as it would
// write it.

import { examplePaths, readExample } from "./example.ts";

const ROOT = new URL("../", import.meta.url);
const PAGE = new URL("examples/README.md", ROOT);
const BEGIN = "<!-- deno-fmt-ignore-start -->";
const END = "<!-- deno-fmt-ignore-end -->";

const before = Deno.readTextFileSync(PAGE);
const [head] = before.split(BEGIN);
const [, tail] = before.split(END);
const after = `${head}${BEGIN}\n${table()}\n${END}${tail}`;
if (!Deno.args.includes("--check")) {
  Deno.writeTextFileSync(PAGE, after);
} else if (before !== after) {
  console.error(
    "examples/README.md is not fresh: run `deno task docs:examples`",
  );
  Deno.exit(1);
}

function table(): string {
  const rows = examplePaths(ROOT, "examples").map((path) => {
    const { name, shows } = readExample(
      path,
      Deno.readTextFileSync(new URL(path, ROOT)),
    );
    const [, number = "", words = ""] = name.match(/^(?:(\d+)_)?(.*)$/)!;
    const link = `[${words}](${path.slice("examples/".length)})`;
    return `| ${number} | ${link} | ${shows} |`;
  });
  return ["| | program | what it shows |", "| - | - | - |", ...rows].join("\n");
}
